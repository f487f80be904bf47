import type { Graph } from '../dag/graph';

/** What shells do themselves: nothing of PATH. */
const BUILT_IN = new Set(
  '. : [ alias bg break builtin case cd command continue do done echo elif else esac eval exec exit export false fg fi for getopts hash if in jobs kill let local printf pwd read readonly return set shift source test then time times trap true type ulimit umask unalias unset until wait while { } !'.split(
    ' ',
  ),
);

const WORD = /^[A-Za-z0-9_./+-]+$/;

/** Programs that the commands of a graph begin with, as far as their text says so: what follows a `|`, `&&` or `;` too. */
export function programsOf(graph: Graph): readonly string[] {
  const commands = graph.nodes.flatMap(({ work }) => (work.kind === 'command' ? [work.run] : []));
  const names = commands.flatMap((command) => command.split(/\n|\|\|?|&&|;/).flatMap(firstWord));
  return [...new Set(names)].sort();
}

/** Assignments before it belong to it: `CI=1 npm test`. */
function firstWord(text: string): string[] {
  const word = text
    .trim()
    .split(/\s+/)
    .find((each) => !/^[A-Za-z_]\w*=/.test(each));
  const isProgram = word !== undefined && WORD.test(word) && !BUILT_IN.has(word) && !word.includes('/');
  return isProgram ? [word] : [];
}
