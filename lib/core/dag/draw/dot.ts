import type { Picture, PictureNode } from './picture';
import { cutEnd, oneLine, shortDuration } from './text';

/** The graph in the DOT language of Graphviz (https://graphviz.org/doc/info/lang.html). Dashed edges are residual. */
export function dot({ name, nodes, edges, criticalPathMs }: Picture): string {
  const lines = [
    `digraph ${quoted(name)} {`,
    `  label=${quoted(`${name}: critical path ${shortDuration(criticalPathMs)}`)}; labelloc=t; rankdir=LR;`,
    '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11];',
    '  edge [color="#868e96", arrowsize=0.7];',
    ...nodes.map((node) => `  ${quoted(node.id)} [label=${label(node)}${node.critical ? CRITICAL : ''}];`),
    ...edges.map(({ from, to, residual, critical }) => {
      const attributes = `${residual ? ', style=dashed' : ''}${critical ? CRITICAL : ''}`.slice(2);
      const end = attributes === '' ? '' : ` [${attributes}]`;
      return `  ${quoted(nodes[from]!.id)} -> ${quoted(nodes[to]!.id)}${end};`;
    }),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

const CRITICAL = ', color="#d9480f", penwidth=2';

function label({ id, durationMs, durationFrom, trigger, when }: PictureNode): string {
  const duration = `${durationFrom === 'assumed' ? '~' : ''}${shortDuration(durationMs)}`;
  const facts = trigger === 'all_success' ? duration : `${duration}, ${trigger}`;
  const rows = [id, facts, ...(when === undefined ? [] : [`when ${cutEnd(oneLine(when), 60)}`])];
  return `"${rows.map(escapeText).join('\\n')}"`;
}

function quoted(text: string): string {
  return `"${escapeText(text)}"`;
}

function escapeText(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}
