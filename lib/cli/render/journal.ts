import type { Recorded } from '../../core/journal/envelope';
import type { JsonChange } from '../../core/model/json-changes';
import { OUTCOMES, type Outcome } from '../../core/model/outcome';
import { quoted } from '../../core/model/quoted';
import type { Change, Changes, JobChanges, JobThen, NodeThen } from '../../core/projections/job-changes';
import { type Colors, humanDuration, paint } from './style';

/** Two points of a stream, and what happened between them. Times in milliseconds since the epoch. */
export interface Span {
  readonly stream: string;
  readonly from: { readonly seq: number; readonly at: number };
  readonly to: { readonly seq: number; readonly at: number };
  /** After the first up to the second, by their types. */
  readonly events: ReadonlyMap<string, number>;
}

/** `   12  2025-01-01T12:00:00.000Z  attempt.failed  api  {"attempt":1,...}` */
export function eventLine({ seq, at, type, data }: Recorded, colors: Colors): string {
  const { nodeId = '', ...rest } = data as { nodeId?: string };
  const detail = Object.keys(rest).length === 0 ? '' : `  ${colors.dim(JSON.stringify(rest))}`;
  return `${String(seq).padStart(5)}  ${colors.dim(timeOf(at))}  ${type.padEnd(23)} ${nodeId}${detail}\n`;
}

/** A job at a point of its past: what it was doing, and a line for each node. */
export function jobThenText(
  { status, paused, counts, nodes }: JobThen,
  of: {
    readonly jobId: string;
    readonly graph: string;
    readonly seq: number;
    readonly at: number;
    readonly events: number;
  },
  colors: Colors,
): string {
  const how = `${painted(colors, status)}${paused ? ', paused' : ''}`;
  const lines = [
    `${colors.bold(of.graph)} ${how}  ${colors.dim(`job ${of.jobId}, event ${of.seq} of ${of.events}, ${timeOf(of.at)}`)}`,
    Object.entries(counts)
      .map(([name, n]) => `${n} ${name}`)
      .join(', '),
    '',
    ...table([...nodes].map(([id, node]) => nodeCells(id, node))),
  ];
  return `${lines.join('\n')}\n`;
}

function nodeCells(
  id: string,
  { status, attempts, worker = '', reason, warning, rollback }: NodeThen,
): string[] {
  const made = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  const undone = rollback === undefined ? undefined : `rollback: ${rollback}`;
  const said = [reason, warning, undone].filter((each) => each !== undefined).join('; ');
  return [`  ${id}`, status, attempts === 0 ? '' : made, worker, said];
}

/** How a job came from one point to another. */
export function jobDiffText({ job, counts, nodes }: JobChanges, span: Span, colors: Colors): string {
  const nothing = nodes.size === 0 && Object.keys(job).length === 0;
  const lines = [
    ...head(span, colors),
    ...(nothing ? ['nothing changed'] : []),
    ...changeList(job),
    ...(Object.keys(counts).length === 0 ? [] : [`nodes: ${changeList(counts, '0').join(', ')}`]),
    ...table([...nodes].map(([id, changes]) => [`  ${id}`, changeList(changes).join(', ')])),
  ];
  return `${lines.join('\n')}\n`;
}

/** The same of a stream of another kind, whose fold is plain JSON. */
export function streamDiffText(changes: readonly JsonChange[], span: Span, colors: Colors): string {
  const lines = changes.map((change) => `  ${change.path.join('.')}  ${arrow(change)}`);
  return `${[...head(span, colors), ...(lines.length === 0 ? ['nothing changed'] : lines)].join('\n')}\n`;
}

function head({ stream, from, to, events }: Span, colors: Colors): string[] {
  const types = [...events].map(([type, n]) => (n === 1 ? type : `${n} ${type}`));
  return [
    `${colors.bold(stream)}  event ${from.seq} to ${to.seq}, ${humanDuration(Math.max(0, to.at - from.at))}`,
    colors.dim(`${timeOf(from.at)} to ${timeOf(to.at)}`),
    ...(types.length === 0 ? [] : [colors.dim(types.join(', '))]),
  ];
}

function changeList(changes: Changes<object>, none?: string): string[] {
  return Object.entries(changes as Readonly<Record<string, Change>>).map(
    ([name, change]) => `${name} ${arrow(change, none)}`,
  );
}

function arrow({ from, to }: Change, none = 'nothing'): string {
  const text = (value: unknown) =>
    value === undefined ? none : typeof value === 'object' ? JSON.stringify(value) : quotedIfLong(value);
  return `${text(from)} → ${text(to)}`;
}

const quotedIfLong = (value: unknown): string =>
  /^[\w.:/-]*$/.test(String(value)) ? String(value) : quoted(value);

/** Columns as wide as their widest cell; the last one is as it is. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

const painted = (colors: Colors, status: string): string =>
  OUTCOMES.some((outcome) => outcome === status) ? paint(colors, status as Outcome, status) : status;

const timeOf = (ms: number): string => new Date(ms).toISOString();
