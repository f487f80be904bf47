import type { Graph } from '../core/dag/graph';
import { shellWord } from '../core/dag/shell/word';

/** What a CI system is to run, whichever it is. */
export interface CiJob {
  /** The name of the graph. */
  readonly name: string;
  /** The graph's file, relative to the root of the repository, with `/`. */
  readonly file: string;
  /** The command that installs what the graph needs, Reprise included. */
  readonly install: string;
  /** Secrets that nodes name. */
  readonly secrets: readonly string[];
  /** Variables that somebody has to set, passed on to the commands. */
  readonly variables: readonly string[];
  readonly slots?: number;
  /** The file that says which command a suite is. */
  readonly suites?: string;
}

/** Where what jobs measured is kept between runs; nothing else of the directory is of use to another machine. */
export const HISTORY = '.reprise/history.jsonl';

/** What runs Reprise: the one of the repository, and never one that is fetched because that is missing. */
export const REPRISE = 'npx --no reprise';

/** Secrets of all nodes, in alphabetical order. */
export function secretsOf({ nodes }: Graph): string[] {
  return [...new Set(nodes.flatMap(({ work }) => work.secrets ?? []))].sort();
}

/** Attempts take one slot each, and machines of CI systems have few processors. */
export function slotsOf({ nodes }: Graph): number | undefined {
  const most = Math.max(
    ...nodes.map(({ slots, retry }) => Math.max(slots, retry.bigger?.most['slots'] ?? 0)),
  );
  return most > 1 ? most : undefined;
}

/**
 * Variables of the CI system that commands read, in alphabetical order: commands see none that is not passed on.
 * @param own what names of the system's own variables look like
 */
export function variablesRead({ nodes }: Graph, own: RegExp): string[] {
  const commands = nodes.flatMap(({ work, compensate }) => [
    ...(work.kind === 'command' ? [work.run] : []),
    ...(compensate === undefined ? [] : [compensate]),
  ]);
  const read = commands.flatMap((command) => [...command.matchAll(/\$\{?([A-Z][A-Z0-9_]*)/g)]);
  return [...new Set(read.map(([, name]) => name!).filter((name) => own.test(name)))].sort();
}

/** The command that runs the graph; the job's id comes from a variable, so that a later step finds the job. */
export function runCommand(
  { file, slots, suites, variables }: CiJob,
  { own, commit }: { readonly own: readonly string[]; readonly commit: string },
): string {
  const words = [
    `${REPRISE} run ${shellWord(file)} --job "$REPRISE_JOB_ID" --param commit="$${commit}"`,
    ...(slots === undefined ? [] : [`--slots ${slots}`]),
    ...(suites === undefined ? [] : [`--suites ${shellWord(suites)}`]),
    ...[...variables, ...own].map((name) => `--env ${name}`),
  ];
  return words.join(' ');
}
