import type { JobView, NodeView } from '../../contract/jobs';
import { OUTCOMES, type Outcome } from '../../core/model/outcome';
import type { ListedJob } from '../job-desk';
import type { NodeResult, RunResult } from './result';
import { type Colors, humanDuration, paint, SYMBOLS } from './style';

/** Nodes that are listed, whatever they are; of a larger job those that are neither done nor waiting. */
const NODES = 60;

/** A page of jobs for a person. */
export function renderJobs(
  {
    jobs,
    next_cursor: next,
  }: { readonly jobs: readonly ListedJob[]; readonly next_cursor?: string | undefined },
  colors: Colors,
): string {
  if (jobs.length === 0) return 'no jobs\n';
  const rows = jobs.map((job) => [
    job.job_id,
    statusOf(job),
    job.name,
    job.priority,
    timeOf(job.submitted_at),
  ]);
  const lines = aligned([['job', 'status', 'graph', 'priority', 'submitted'], ...rows]);
  const [head = '', ...rest] = lines;
  const more = next === undefined ? [] : [colors.dim(`more: --cursor ${next}`)];
  return `${[colors.bold(head), ...rest.map((line, i) => tinted(line, jobs[i]!.status, colors)), ...more].join('\n')}\n`;
}

function statusOf({ status, interrupted }: ListedJob): string {
  return interrupted ? `${status}, interrupted` : status;
}

function tinted(line: string, status: string, colors: Colors): string {
  return isOutcome(status) ? line.replace(status, (word) => paint(colors, status, word)) : line;
}

function isOutcome(status: string): status is Outcome {
  return (OUTCOMES as readonly string[]).includes(status);
}

/** A job and its nodes for a person. */
export function renderJob(view: JobView, colors: Colors): string {
  const facts: [string, string | undefined][] = [
    ['job', `${view.job_id}  ${view.name}`],
    ['status', `${view.status}${view.paused ? ', paused' : ''}, ${view.progress_percentage} %`],
    ['owner', view.owner],
    ['priority', `${view.priority}${view.type === undefined ? '' : `, ${view.type}`}`],
    ['submitted', timeOf(view.submitted_at)],
    ['finished', view.finished_at && timeOf(view.finished_at)],
    ['expected', view.estimated_completion && timeOf(view.estimated_completion)],
    ['deadline', view.deadline && timeOf(view.deadline)],
    ['trigger', view.trigger],
  ];
  const head = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(10)} ${value}`]));
  const all = Object.entries(view.nodes);
  const shown = all.length <= NODES ? all : all.filter(([, node]) => isOfNote(node));
  const rows = shown.map(([id, node]) => [
    symbolOf(node),
    id,
    node.status,
    String(node.attempts),
    noteOf(node),
  ]);
  const table = shown.length === 0 ? [] : aligned([['', 'node', 'status', 'attempts', ''], ...rows]);
  const [titles = '', ...lines] = table;
  const left = all.length - shown.length;
  return `${[
    ...head,
    ...(table.length === 0 ? [] : ['', colors.bold(titles)]),
    ...lines.map((line, i) => tinted(line, shown[i]![1].status, colors)),
    ...(left > 0 ? [colors.dim(`${left} more are done, or wait`)] : []),
  ].join('\n')}\n`;
}

function isOfNote({ status, attempts, warning }: NodeView): boolean {
  return !['succeeded', 'waiting'].includes(status) || attempts > 1 || warning !== undefined;
}

function symbolOf({ status }: NodeView): string {
  if (isOutcome(status)) return SYMBOLS[status];
  return status === 'running' ? SYMBOLS.started : status === 'backoff' ? SYMBOLS.retry : ' ';
}

function noteOf(node: NodeView): string {
  const { duration_seconds: seconds, worker_id: worker, waits_for: dependency, reason, warning } = node;
  return [
    ...(seconds === undefined ? [] : [humanDuration(seconds * 1_000)]),
    ...(worker === undefined ? [] : [`on ${worker}`]),
    ...(dependency === undefined ? [] : [`waits for ${dependency}`]),
    ...(reason === undefined ? [] : [reason.split('\n', 1)[0] ?? '']),
    ...(warning === undefined ? [] : [warning]),
    ...(node.rollback === undefined ? [] : [node.rollback]),
  ].join('  ');
}

/** What `run` would have printed of a job that is over. */
export function resultOfView(view: JobView): RunResult {
  const nodes: Record<string, NodeResult> = Object.create(null);
  for (const [id, { status, attempts, duration_seconds: durationSeconds = 0, warning }] of Object.entries(
    view.nodes,
  )) {
    if (!isOutcome(status)) continue;
    nodes[id] = { status, attempts, durationSeconds, ...(warning === undefined ? {} : { warning }) };
  }
  const ms = Date.parse(view.finished_at ?? view.submitted_at) - Date.parse(view.submitted_at);
  return { jobId: view.job_id, status: view.status, durationSeconds: ms / 1_000, nodes };
}

/** `2026-11-29 18:00:00Z`: without what nobody looks at. */
function timeOf(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
