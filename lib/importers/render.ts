import { Document, isMap, isSeq, type YAMLMap } from 'yaml';
import type { ImportedGraph, ImportNote } from './imported';

const WIDTH = 110;

/**
 * The graph as a file that people go on to edit: YAML, with every note as a comment where it belongs.
 * @param lead the first line: where the graph comes from.
 */
export function renderGraph({ graph, notes }: ImportedGraph, lead: string): string {
  const document = new Document(graph, { aliasDuplicateObjects: false });
  const ids = new Set(graph.nodes.map(({ id }) => id));
  const own = new Map<string, ImportNote[]>();
  const general: ImportNote[] = [];
  for (const note of notes) {
    if (note.node === undefined || !ids.has(note.node)) general.push(note);
    else own.set(note.node, [...(own.get(note.node) ?? []), note]);
  }
  document.commentBefore = comment([lead, ...general.map(line)]);
  const nodes = document.get('nodes', true);
  if (isSeq(nodes)) {
    nodes.items.forEach((item, i) => {
      if (!isMap(item)) return;
      item.spaceBefore = i > 0;
      dress(item, own.get(graph.nodes[i]!.id) ?? []);
    });
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function dress(item: YAMLMap, notes: readonly ImportNote[]): void {
  if (notes.length > 0) item.commentBefore = comment(notes.map(line));
  for (const key of ['needs', 'labels', 'secrets', 'reports']) {
    const value = item.get(key, true);
    // Short lists read best on one line; long ones would run out of the window.
    if (isSeq(value)) value.flow = JSON.stringify(value.toJSON()).length < WIDTH - 20;
  }
  const matrix = item.get('matrix', true);
  if (isMap(matrix)) for (const { value } of matrix.items) if (isSeq(value)) value.flow = true;
}

function line({ kind, path, message, source }: ImportNote): string {
  const lead = { 'left-out': 'Left out', changed: 'Changed', info: 'Note' }[kind];
  return [lead, source, path === '$' ? undefined : path, message]
    .filter((part) => part !== undefined)
    .join(': ');
}

/** Wrapped, each line led by a space. A line break in a foreign name must not end the comment. */
function comment(lines: readonly string[]): string {
  return lines
    .flatMap((text) => wrap(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')))
    .map((text) => ` ${text}`)
    .join('\n');
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + word.length + 1 > WIDTH) {
      lines.push(current);
      current = `  ${word}`;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}
