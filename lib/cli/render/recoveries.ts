import type { JobRecoveries, JobRetries } from '../../contract/recoveries';
import { many } from '../../core/model/many';
import { type Colors, humanDuration, paint } from './style';

type RetriedNode = JobRetries['nodes'][number];
type Recovery = JobRecoveries['recoveries'][number];

const seconds = (value: number): string => humanDuration(value * 1_000);
const field = (name: string, text: string): string => `  ${name.padEnd(9)} ${text}`;

/** What was tried again in a job, for a person: the job as a whole, classes of failures, then node by node. */
export function retriesText({ job_id, totals, classes, nodes }: JobRetries, colors: Colors): string {
  if (totals.nodes === 0) return `nothing failed or was lost in job ${job_id}\n`;
  const { retries, mended, given_up, waited_seconds, spent_seconds } = totals;
  const tries = `${retries} ${retries === 1 ? 'retry' : 'retries'}`;
  const lines = [
    `${tries}, ${many(totals.nodes, 'node')} failed or lost: ${mended} mended, ${given_up} given up; ` +
      `waited ${seconds(waited_seconds)}, failed attempts took ${seconds(spent_seconds)}`,
    ...classes.map((each) => field(each.class, `failed ${each.failed}, mended ${each.mended}`)),
    ...(nodes.length === 0
      ? ['', 'no node is as asked for']
      : nodes.flatMap((node) => nodeLines(node, colors))),
  ];
  return `${lines.join('\n')}\n`;
}

function nodeLines(node: RetriedNode, colors: Colors): string[] {
  const { node_id, outcome, attempts, failed, lost, waited_seconds, strategies, policy } = node;
  const how = outcome === undefined ? 'is not over' : paint(colors, outcome, outcome);
  const of = policy === undefined ? '' : ` of ${policy.max_attempts}`;
  const went = [`${failed} failed`, ...(lost === 0 ? [] : [`${lost} lost`])].join(', ');
  const waited = node.retries === 0 ? '' : `; waited ${seconds(waited_seconds)}`;
  return [
    '',
    `${colors.bold(node_id)} ${how}, attempt ${attempts}${of}: ${went}${waited}`,
    ...(node.classes.length === 0 ? [] : [field('class', node.classes.join(', '))]),
    ...(strategies.length === 0 ? [] : [field('tried', strategies.join(', '))]),
    ...(node.why_not_again === undefined ? [] : [field('not again', node.why_not_again)]),
  ];
}

/** What was recovered in a job, for a person: how all of it stands, then one by one. */
export function recoveriesText({ job_id, totals, recoveries }: JobRecoveries, colors: Colors): string {
  const counts = Object.entries(totals).filter(([, count]) => count > 0);
  if (counts.length === 0) return `nothing had to be recovered in job ${job_id}\n`;
  const lines = [
    `recoveries: ${counts.map(([status, count]) => `${count} ${status}`).join(', ')}`,
    ...(recoveries.length === 0
      ? ['', 'none is as asked for']
      : recoveries.flatMap((recovery) => recoveryLines(recovery, colors))),
  ];
  return `${lines.join('\n')}\n`;
}

function recoveryLines(recovery: Recovery, colors: Colors): string[] {
  const { node_id, attempt, cause, strategy, status, worker_id, why, times, started_at } = recovery;
  const what = node_id === undefined ? 'the workflow' : node_id;
  const next = attempt === undefined ? '' : ` (attempt ${attempt})`;
  const took = recovery.took_seconds === undefined ? '' : ` in ${seconds(recovery.took_seconds)}`;
  const where = worker_id === undefined ? '' : ` on ${worker_id}`;
  const often = times === 1 ? '' : `, ${times} times`;
  return [
    '',
    `${colors.bold(what)}${next} ${strategy} after ${cause}${where}${often}: ${status}${took}`,
    field('begun', started_at),
    field('why', why),
  ];
}
