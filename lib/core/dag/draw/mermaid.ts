import type { Picture, PictureNode } from './picture';
import { cutEnd, oneLine, shortDuration } from './text';

/** The graph as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html). Dotted edges are residual. */
export function mermaid({ name, nodes, edges, criticalPathMs }: Picture): string {
  const critical = edges.flatMap((edge, i) => (edge.critical ? [i] : []));
  const lines = [
    `%% ${name}: critical path ${shortDuration(criticalPathMs)}; dotted edges are kept by the scheduler`,
    'flowchart LR',
    // Numbers for ids: a node may be called `end` or `x`, which mean something to Mermaid.
    ...nodes.map((node, i) => `  n${i}["${label(node)}"]${node.critical ? ':::critical' : ''}`),
    ...edges.map(({ from, to, residual }) => `  n${from} ${residual ? '-.->' : '-->'} n${to}`),
    '  classDef critical stroke:#d9480f,stroke-width:3px',
    ...(critical.length > 0 ? [`  linkStyle ${critical.join(',')} stroke:#d9480f,stroke-width:3px`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function label({ id, durationMs, durationFrom, trigger, when }: PictureNode): string {
  const duration = `${durationFrom === 'assumed' ? '~' : ''}${shortDuration(durationMs)}`;
  const facts = trigger === 'all_success' ? duration : `${duration} · ${trigger}`;
  const rows = [id, facts, ...(when === undefined ? [] : [`when ${cutEnd(oneLine(when), 60)}`])];
  return rows.map(escapeText).join('<br/>');
}

function escapeText(text: string): string {
  return text.replace(/[^\p{L}\p{N} _.,:=·~…()/+*-]/gu, (character) => `#${character.codePointAt(0)};`);
}
