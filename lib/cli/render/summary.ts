import { counted } from '../../core/model/counted';
import type { ExplainedAttempt } from '../../core/projections/explained-attempts';
import type { JobSummary, SourcePlace, SummarisedNode, SummarisedTest } from '../job-summary';
import { humanDuration, SYMBOLS } from './style';
import { within } from './within';

/** Tests of one node that are named; its reports have them all. */
const TESTS_NAMED = 50;
/** Characters of a message in a table, and of one in a block. */
const SHORT = 200;
const LONG = 2_000;

/** What became of a job, as Markdown: what failed, what was tried again and why, what is flaky. @param limit in bytes */
export function summaryMarkdown(summary: JobSummary, limit: number): string {
  const { nodes } = summary;
  const failed = nodes.filter(({ outcome }) => outcome === 'failed');
  const cancelled = nodes.filter(({ outcome }) => outcome === 'cancelled');
  const recovered = nodes.filter((node) => node.outcome === 'succeeded' && node.attempts.length > 1);
  const warned = nodes.filter(({ warning }) => warning !== undefined);
  const flaky = nodes.filter((node) => node.flaky.length > 0);
  const blocks = [
    headOf(summary),
    ...section('Failed', failed.map(failedNode)),
    ...section('Cancelled', cancelled.map(cancelledNode)),
    ...section('Succeeded in spite of known flakes', warned.map(warnedNode)),
    ...section('Flaky tests', flaky.flatMap(flakyTests)),
    ...section('Tried again', recovered.map(recoveredNode)),
    ...footOf(summary),
  ];
  return within(blocks, limit, cutLine);
}

function cutLine(left: number): string {
  return `\n_The summary is cut here, as no more of it would be shown: ${left} parts are left out. The journal and the reports of the job have them._\n`;
}

function section(title: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`\n### ${title}\n\n`, ...parts];
}

function headOf({ graph, status, reason, counts, durationMs, jobId }: JobSummary): string {
  const symbol = SYMBOLS[status ?? 'started'];
  const why = reason === undefined ? '' : `: ${escaped(reason)}`;
  const parts = Object.entries(counts).flatMap(([name, n]) => (n === 0 ? [] : [`${n} ${name}`]));
  const nodes = parts.length === 0 ? 'no node is over' : `nodes: ${parts.join(', ')}`;
  return `## ${symbol} ${escaped(graph)} ${status ?? 'is not over'}${why}\n\n${nodes}; ${humanDuration(durationMs)}; job ${code(jobId)}\n`;
}

function footOf({ resume, jobId, nodes }: JobSummary): string[] {
  const [first] = nodes;
  const lines = [
    ...(resume === undefined ? [] : [`What did not succeed runs again with ${code(resume)}`]),
    ...(first === undefined
      ? []
      : [`Why an attempt was made: ${code(`reprise explain ${jobId} ${first.nodeId}`)}`]),
  ];
  return lines.length === 0 ? [] : [`\n${lines.join('. ')}, where the journal is.\n`];
}

function failedNode(node: SummarisedNode): string {
  const { nodeId, attempts, reason, whyNotAgain, failed } = node;
  const last = attempts.at(-1);
  const tried = attempts.length === 0 ? 'never ran' : timesOf(attempts.length);
  return [
    `#### ${code(nodeId)}\n\n`,
    `${tried}${placed(node.place)}${reason === undefined ? '' : `: ${escaped(shorter(reason, SHORT))}`}\n\n`,
    ...(last?.diagnosis ? [`Why: ${diagnosed(last)}\n\n`] : []),
    ...(whyNotAgain === undefined ? [] : [`Not tried again: ${escaped(whyNotAgain)}\n\n`]),
    ...testTable(failed),
    ...attemptList(attempts),
  ].join('');
}

function cancelledNode({ nodeId, reason }: SummarisedNode): string {
  return `- ${code(nodeId)}${reason === undefined ? '' : `: ${escaped(reason)}`}\n`;
}

function warnedNode({ nodeId, warning = '' }: SummarisedNode): string {
  return `- ${code(nodeId)} ${escaped(warning)}\n`;
}

function recoveredNode({ nodeId, attempts }: SummarisedNode): string {
  return `- ${code(nodeId)}, ${timesOf(attempts.length)}\n${attempts.map(attemptLine).join('')}`;
}

function flakyTests({ nodeId, flaky }: SummarisedNode): string[] {
  const { kept, count } = counted(flaky, TESTS_NAMED);
  const lines = kept.map((test) => {
    const said = test.message === undefined ? '' : `: ${escaped(firstLine(test.message))}`;
    return `- ${escaped(test.name)}${placed(test.place)}, in ${code(nodeId)}${said}\n`;
  });
  return [...lines, ...moreTests(count - kept.length, nodeId)];
}

function moreTests(count: number, nodeId: string): string[] {
  return count > 0 ? [`- ${count} more in ${code(nodeId)}\n`] : [];
}

function testTable(tests: readonly SummarisedTest[]): string[] {
  if (tests.length === 0) return [];
  const { kept, count } = counted(tests, TESTS_NAMED);
  const rows = kept.map(({ name, place, message = '' }) => {
    const where = place === undefined ? '' : code(placeText(place));
    return `| ${escaped(name)} | ${where} | ${escaped(firstLine(message))} |\n`;
  });
  const [first] = tests;
  return [
    '| test | where | failure |\n| --- | --- | --- |\n',
    ...rows,
    ...(count > kept.length ? [`\n${count - kept.length} more failed.\n`] : []),
    ...(first?.message ? [`\n${fenced(shorter(first.message, LONG))}`] : []),
    '\n',
  ];
}

function attemptList(attempts: readonly ExplainedAttempt[]): string[] {
  if (attempts.length < 2) return [];
  return [
    `<details><summary>${attempts.length} attempts</summary>\n\n`,
    ...attempts.map(attemptLine),
    '\n</details>\n\n',
  ];
}

function attemptLine(attempt: ExplainedAttempt): string {
  const { attempt: number, compensates, end = 'not over', failure, next } = attempt;
  const said = failure === undefined ? '' : `: ${escaped(shorter(failure, SHORT))}`;
  const why = attempt.diagnosis ? ` (${diagnosed(attempt)})` : '';
  const then = next
    ? `; then ${escaped(next.strategy ?? 'again')} in ${humanDuration(next.delayMs)}: ${escaped(next.why)}`
    : '';
  return `  - attempt ${number}${compensates ? ' to undo it' : ''} ${end}${said}${why}${then}\n`;
}

function diagnosed({ diagnosis }: ExplainedAttempt): string {
  if (!diagnosis) return '';
  const sure = Math.round(diagnosis.confidence * 100);
  return `**${diagnosis.class}**, ${sure} % sure: ${escaped(diagnosis.why)}; signature ${code(diagnosis.signature)}`;
}

function timesOf(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`;
}

function placed(place: SourcePlace | undefined): string {
  return place === undefined ? '' : ` (${code(placeText(place))})`;
}

function placeText({ file, line }: SourcePlace): string {
  return line === undefined ? file : `${file}:${line}`;
}

function firstLine(text: string): string {
  return shorter(text.trim().split('\n', 1)[0] ?? '', SHORT);
}

function shorter(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Text in which no character means anything to Markdown or HTML; one line. */
function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>#|~&$]/g, '\\$&');
}

/** In backquotes, more of them than the text has; one that stands in a table may hold no `|` there. */
function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').replaceAll('|', '¦');
  const ticks = '`'.repeat(longestRun(line) + 1);
  const gap = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${ticks}${gap}${line}${gap}${ticks}`;
}

function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}text\n${text}\n${fence}\n`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
