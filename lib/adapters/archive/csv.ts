import type { Recorded } from '../../core/journal/envelope';
import { formatLine } from '../../core/journal/line';

/** https://www.rfc-editor.org/rfc/rfc4180, with a newline alone at the end of a row: `data`, `actor` and `head` are JSON. */
const COLUMNS = [
  ...['stream', 'seq', 'at', 'type', 'v', 'data', 'actor'],
  ...['causeId', 'correlationId', 'traceId', 'prev', 'hash', 'head'],
] as const;
type Column = (typeof COLUMNS)[number];

export const CSV_HEADER = COLUMNS.join(',');

/** Every event is one row, as JSON has no newline of its own. */
export function csvOfEvent(event: Recorded): string {
  const { data, actor, ...rest } = event;
  return rowOf({ ...rest, data: JSON.stringify(data), actor: JSON.stringify(actor) });
}

/** The last row, which has the signed head. */
export function csvOfHead(signedHead: object): string {
  return rowOf({ head: JSON.stringify(signedHead) });
}

function rowOf(cells: { readonly [C in Column]?: string | number | undefined }): string {
  return `${COLUMNS.map((column) => cellOf(String(cells[column] ?? ''))).join(',')}\n`;
}

function cellOf(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The line of an export in JSON that says the same as a row. A row that is not as it is written here gives itself, which is no
 * such line.
 */
export function lineOfCsv(row: string): string {
  const cells = cellsOf(row);
  const of = (column: Column) => cells[COLUMNS.indexOf(column)] ?? '';
  try {
    if (of('head') !== '') return `${row}\n` === csvOfHead(JSON.parse(of('head'))) ? of('head') : row;
    const event = {
      ...{ stream: of('stream'), seq: Number(of('seq')), at: Number(of('at')), type: of('type') },
      ...(of('v') === '' ? {} : { v: Number(of('v')) }),
      ...{ data: JSON.parse(of('data')), actor: JSON.parse(of('actor')), causeId: of('causeId') },
      ...{ correlationId: of('correlationId'), traceId: of('traceId'), prev: of('prev'), hash: of('hash') },
    };
    return `${row}\n` === csvOfEvent(event) ? formatLine(event).trimEnd() : row;
  } catch {
    return row;
  }
}

/** A cell and what ends it. */
const CELL = /("(?:[^"]|"")*"|[^",]*)(,|$)/y;

function cellsOf(row: string): string[] {
  const cells: string[] = [];
  CELL.lastIndex = 0;
  for (let ends = ','; ends === ','; ) {
    const [, text = '', end = ''] = CELL.exec(row) ?? [];
    cells.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
    ends = end;
  }
  return cells;
}
