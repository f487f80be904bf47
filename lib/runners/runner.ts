import type { RunnerName, TestId } from '../core/model/test-results';
import type { FormatName, ReadContext } from '../reports/report-format';
import type { Command } from './command';

/**
 * What is known of one test runner. Pure: it makes commands, and runs none.
 */
export interface Runner {
  readonly name: RunnerName;
  /** The reports that it is understood by, the one that tells tests apart best first. */
  readonly formats: readonly FormatName[];
  /** Whether a command runs it, seen from its words: `npx jest ...`. */
  readonly recognises: (command: Command) => boolean;
  /**
   * How the command is made to run these tests again: exactly, or widened to their files where the runner cannot name
   * them, or as it is. Never a command that may run nothing, or less, without notice.
   */
  readonly rerun: (command: Command, tests: readonly TestId[], context: RerunContext) => Rerun;
  /** How it fills in JUnit. */
  readonly resultsOfCases?: ReadContext['resultsOfCases'];
  readonly problemsOfCases?: ReadContext['problemsOfCases'];
}

export interface RerunContext {
  /** What the absolute paths of files begin with that belong to this rerun alone, such as `/x/attempts/unit.2.rerun`. */
  readonly scratch: string;
}

export type Rerun =
  | {
      /** `files`: more than the tests asked for may run. */
      readonly scope: 'tests' | 'files';
      readonly command: string;
      readonly env?: Readonly<Record<string, string>>;
      /** To be written before the command runs; below `scratch`. */
      readonly files?: readonly { readonly path: string; readonly text: string }[];
      /** For a person. */
      readonly why: string;
    }
  | { readonly scope: 'whole'; readonly why: string };
