import { parseCommand } from '../runners/command';
import { readWords } from '../runners/words';

/** A command, and where it leaves reports of its tests. */
export interface RunnerCommand {
  readonly run: string;
  readonly reports?: string[];
}

/** In a command, and as the graph names it: a file of its own for each node, shard and item. */
const WRITTEN = '"$REPRISE_NODE.report.json"';
const REPORT = '{{ node }}.report.json';

/** What makes each runner end, and leave a report, so that a retry runs what failed of its tests. */
const RUNNERS: Readonly<Record<string, { readonly words: readonly string[]; readonly drop: RegExp }>> = {
  jest: {
    words: ['--ci', '--json', `--outputFile=${WRITTEN}`],
    drop: /^--(watch|watchAll|ci|json|outputFile)(=|$)/,
  },
  vitest: {
    words: ['--reporter=default', '--reporter=json', `--outputFile.json=${WRITTEN}`],
    drop: /^(--(watch|run|ui|reporter)(=|$)|-w$|watch$|dev$|run$)/,
  },
};

/**
 * The command of a script that is one of these runners with its words, as a graph has it. Undefined for any other: the script
 * itself is run then.
 * @param exec what runs a program of a package, such as `npx`
 */
export function runnerCommand(text: string, exec: string): RunnerCommand | undefined {
  const command = parseCommand(text);
  const runner = command && RUNNERS[command.program];
  const words = readWords(text);
  if (!command || !runner || !words?.every(({ isLiteral }) => isLiteral)) return undefined;
  const first = words.findIndex(({ to }) => to === command.to);
  const own = words.slice(first + 1).filter((word) => !runner.drop.test(word.text));
  const before = words.slice(0, first).filter((word) => /^[A-Za-z_]\w*=/.test(word.text));
  const raw = (list: typeof words) => list.map(({ from, to }) => text.slice(from, to));
  const name = command.program === 'vitest' ? ['vitest', 'run'] : [command.program];
  const run = [...raw(before), exec, ...name, ...raw(own), ...runner.words].join(' ');
  return { run, reports: [REPORT] };
}
