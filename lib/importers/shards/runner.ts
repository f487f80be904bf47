import type { ForeignFile } from '../imported';

/** What a report tells of one piece of a suite: a file, or a test of all packages that have one of this name. */
export interface Timing {
  /** A path with `/`, or the name of a test. */
  readonly name: string;
  /** Milliseconds; undefined where nothing of it ran. */
  readonly ms: number | undefined;
}

export interface Recorded {
  readonly timings: readonly Timing[];
  /** How many processes shared the work, as far as the report shows it. */
  readonly workers?: number;
  /** What else of the report bears on the shards. */
  readonly remarks?: readonly string[];
}

/** What a shard runs: `only` its names, while others run the `rest`; or, the last one, all that there is `but` these. */
export type Selection =
  | { readonly only: readonly string[]; readonly rest: readonly string[] }
  | { readonly but: readonly string[] };

export interface ShardText {
  readonly run: string;
  readonly reports?: readonly string[];
}

export interface ShardOf {
  /** Path of its report, relative, without the ending that says its form. */
  readonly report: string;
  /** How the runner is started, such as `npx jest`. */
  readonly command: string;
}

/** What is known of one test runner. Pure. */
export interface ShardRunner {
  /** What goes to a shard as a whole. */
  readonly unit: 'files' | 'tests';
  /** How it is started where nobody says so. */
  readonly command: string;
  /** @throws RepriseError INPUT_INVALID */
  readonly read: (file: ForeignFile, cwd: string) => Recorded;
  /**
   * Where it selects by the end of a path: a name as it compares it. Names of which one ends another go to one shard
   * together. Absent where names select what they name and nothing else.
   */
  readonly comparedAs?: (name: string) => string;
  /** What no shard names, one of the shards has to run: the selections leave nothing out that the runner finds by itself. */
  readonly shard: (selection: Selection, of: ShardOf) => ShardText;
}
