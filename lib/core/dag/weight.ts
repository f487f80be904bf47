import type { Graph } from './graph';

/** Characters of text that take as much memory as another node. */
const CHARACTERS = 256;

/** How much memory a graph takes, in nodes of the usual size: those with long texts count for several. O(nodes). */
export function weightOf({ nodes }: Graph): number {
  let characters = 0;
  for (const { work, when, forEach, compensate, with: variables = {} } of nodes) {
    const text = work.kind === 'command' ? work.run : work.suite;
    characters += text.length + (when?.length ?? 0) + (forEach?.length ?? 0) + (compensate?.length ?? 0);
    for (const [name, value] of Object.entries(variables)) characters += name.length + value.length;
  }
  return Math.max(1, nodes.length + Math.floor(characters / CHARACTERS));
}
