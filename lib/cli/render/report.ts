import type { Outcome } from '../../core/model/outcome';
import type { NodeResult, RunResult } from './result';
import { type Colors, humanDuration, paint, SYMBOLS } from './style';

/** Nodes that the table lists whatever became of them; of a larger graph it lists those that need a look. */
const TABLE_NODES = 40;

export interface Places {
  /** Where this machine has them. */
  readonly logs?: string;
  readonly journal?: string;
  /** Of tests, one of each node that has any. */
  readonly reports?: string;
  /** The command that goes on with the job. */
  readonly resume: string;
  /** Letters that wait for a person, and the command that shows them. */
  readonly letters?: { readonly count: number; readonly command: string };
}

/** The last word of a run, for a person. */
export function renderReport(result: RunResult, places: Places, colors: Colors): string {
  const nodes = Object.entries(result.nodes);
  const listed =
    nodes.length <= TABLE_NODES
      ? nodes
      : nodes.filter(
          ([, { status, attempts, rollback }]) =>
            status !== 'succeeded' || attempts > 1 || rollback !== undefined,
        );
  const lines = [
    '',
    ...(listed.length === 0 ? [] : [...table(listed, colors), '']),
    ...(listed.length < nodes.length
      ? [colors.dim(`${nodes.length - listed.length} more succeeded at once`), '']
      : []),
    ...warnings(nodes, colors),
    headline(result, colors),
    ...rollbackLines(result, colors),
    ...flakyLines(result, colors),
    ...(places.reports === undefined ? [] : [colors.dim(`reports  ${places.reports}`)]),
    ...(places.logs === undefined ? [] : [colors.dim(`logs     ${places.logs}`)]),
    ...(places.journal === undefined ? [] : [colors.dim(`journal  ${places.journal}`)]),
    ...(result.status === 'succeeded' ? [] : [`run again what did not succeed:  ${places.resume}`]),
    ...(places.letters === undefined ? [] : [lettersLine(places.letters)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What was undone, and what a person has to undo. */
function rollbackLines({ rollback }: RunResult, colors: Colors): string[] {
  if (!rollback) return [];
  const { undone, parked } = rollback;
  const left = parked.slice(0, TABLE_NODES).map((id) => colors.red(`not undone: ${id}; look at its logs`));
  return [`rolled back: ${undone.length} undone, ${parked.length} not`, ...left];
}

function lettersLine({ count, command }: NonNullable<Places['letters']>): string {
  return `${count === 1 ? '1 letter waits' : `${count} letters wait`} for you:  ${command}`;
}

/** Tests that only passed when they ran again: the job is none the worse for them, and somebody should look. */
function flakyLines({ nodes }: RunResult, colors: Colors): string[] {
  const lines = Object.entries(nodes).flatMap(([nodeId, { reports }]) =>
    (reports?.flaky ?? []).map((test) => `flaky    ${nodeId}: ${test}`),
  );
  return lines.slice(0, TABLE_NODES).map((line) => colors.dim(line));
}

function table(nodes: readonly [string, NodeResult][], colors: Colors): string[] {
  const rows = nodes.map(([id, node]) => [
    id,
    `${SYMBOLS[node.status]} ${node.status}${node.rollback === undefined ? '' : `, ${node.rollback}`}`,
    String(node.attempts),
    node.attempts === 0 ? '' : humanDuration(node.durationSeconds * 1_000),
  ]);
  const titles = ['node', 'status', 'attempts', 'duration'];
  const widths = titles.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const cells = (row: readonly string[]) =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
  return [
    colors.bold(cells(titles).join('  ')),
    ...rows.map((row, i) => {
      const [id = '', status = '', ...rest] = cells(row);
      return [id, paint(colors, nodes[i]?.[1].status as Outcome, status), ...rest].join('  ').trimEnd();
    }),
  ];
}

/** What a person must not take for a pass. */
function warnings(nodes: readonly [string, NodeResult][], colors: Colors): string[] {
  const lines = nodes.flatMap(([id, { warning }]) =>
    warning === undefined ? [] : [colors.yellow(`warning: ${id} ${warning}`)],
  );
  return lines.length === 0 ? [] : [...lines, ''];
}

function headline({ status, durationSeconds, nodes }: RunResult, colors: Colors): string {
  const counts = new Map<Outcome, number>();
  for (const node of Object.values(nodes)) counts.set(node.status, (counts.get(node.status) ?? 0) + 1);
  const parts = [...counts].map(([outcome, count]) => paint(colors, outcome, `${count} ${outcome}`));
  const verdict = paint(colors, status as Outcome, colors.bold(status.toUpperCase()));
  return `${verdict} in ${humanDuration(durationSeconds * 1_000)}: ${parts.join(', ')}`;
}
