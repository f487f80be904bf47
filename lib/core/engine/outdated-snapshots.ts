import { DEPENDENCY_FOLD } from '../dependency/snapshot';
import { LETTER_FOLD } from '../dlq/snapshot';
import { JOB_FOLD } from '../job/snapshot';
import { addressOf, type StreamKind } from '../messages/address';
import { TARGET_FOLD } from '../notify/snapshot';
import { POOL_FOLD } from '../scheduler/snapshot';
import { TRIGGER_FOLD } from '../trigger/snapshot';

/** What this version writes into its snapshots. */
const FOLDS: Readonly<Record<StreamKind, string>> = {
  ...{ job: JOB_FOLD, pool: POOL_FOLD, trigger: TRIGGER_FOLD },
  ...{ dependency: DEPENDENCY_FOLD, letter: LETTER_FOLD, target: TARGET_FOLD },
};

/** Snapshots that one fold wrote and another one reads: they count as none, and are made anew from the journals. */
export interface OutdatedSnapshots {
  /** What wrote them, such as `job/8`; `unknown` where they do not say. */
  readonly fold: string;
  /** What this version makes of them: `job/9`. */
  readonly becomes: string;
  readonly count: number;
  /** Some of their streams. */
  readonly examples: readonly string[];
}

const EXAMPLES = 10;

/** @param snapshots every snapshot that is kept: its stream, and what wrote it. */
export async function outdatedSnapshots(
  snapshots: AsyncIterable<{ readonly stream: string; readonly fold: string | undefined }>,
): Promise<{ readonly kept: number; readonly outdated: readonly OutdatedSnapshots[] }> {
  const groups = new Map<string, OutdatedSnapshots>();
  let kept = 0;
  for await (const { stream, fold = 'unknown' } of snapshots) {
    kept += 1;
    const { kind } = addressOf(stream);
    const becomes = (FOLDS as Readonly<Record<string, string | undefined>>)[kind];
    if (becomes === undefined || becomes === fold) continue;
    const key = `${fold} ${becomes}`;
    const { count, examples } = groups.get(key) ?? { count: 0, examples: [] };
    groups.set(key, {
      ...{ fold, becomes, count: count + 1 },
      examples: examples.length < EXAMPLES ? [...examples, stream] : examples,
    });
  }
  return { kept, outdated: [...groups.values()] };
}
