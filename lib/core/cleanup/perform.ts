import { present } from '../model/present';
import type { Clock } from '../model/time';
import type { Archived, Leftover, LeftoverRef, Storekeeper, Survey } from '../ports/cleanup';
import type { Log } from '../ports/log';
import type { Audit } from './audit';
import type { CleanupEvent, Counts, Going, Staying, Tally } from './events';
import { type CleanupPlan, type Kept, planCleanup, type Removal } from './plan';
import type { Retention } from './retention';

export interface CleanupDeps {
  readonly keeper: Storekeeper;
  readonly audit: Audit;
  readonly clock: Clock;
  /** Whether there is time for one more. */
  readonly hasTime: () => boolean;
  readonly log: Pick<Log, 'error'>;
}

export interface CleanupOrder {
  /** Names the run. */
  readonly run: string;
  /** Who asked for it. */
  readonly by: string;
  readonly retention: Retention;
}

/** How a cleanup came out. */
export interface Cleaned extends Tally {
  readonly removed: readonly Going[];
  /** What was to go, and is still there. */
  readonly stayed: readonly Staying[];
  readonly kept: readonly Kept[];
  /** What is none of ours, as far as anybody knows. */
  readonly foreign: readonly string[];
}

/** Removals that are journalled together, and for which there has to be time. */
const BATCH = 10;

/** Characters of a reason that are journalled. */
const REASON_LENGTH = 500;

/** What a dry run journals of what would go. */
const SHOWN = 100;

/**
 * Removes what is left over and journals what went. One thing that cannot be removed does not keep the rest; what comes
 * again with the next run is everything that is still there.
 */
export async function cleanUp(deps: CleanupDeps, order: CleanupOrder): Promise<Cleaned> {
  const { keeper, audit, clock, hasTime } = deps;
  const { run, by, retention } = order;
  await audit.note([{ type: 'cleanup.started', data: { run, by, retention, dryRun: false } }]);
  const survey = await keeper.survey();
  const plan = planCleanup(survey, retention, clock());
  const removed: Going[] = [];
  const stayed: Staying[] = [];
  const neededAfterAll = new Set<string>();

  async function remove({ leftover, why }: Removal): Promise<void> {
    const staying = neededAfterAll.has(leftover.id)
      ? { reason: 'something that stays after all needs it', failed: false }
      : await removeOne(deps, run, leftover);
    if (staying === undefined) {
      removed.push(goingOf({ leftover, why }));
      return;
    }
    for (const hash of leftover.graphs ?? []) neededAfterAll.add(hash);
    stayed.push({ ...refOf(leftover), ...staying });
    await audit.note([{ type: 'cleanup.stayed', data: { run, ...refOf(leftover), ...staying } }]);
  }

  let begun = 0;
  while (begun < plan.removals.length && hasTime()) {
    const batch = plan.removals.slice(begun, begun + BATCH);
    await audit.note([{ type: 'cleanup.removing', data: { run, items: batch.map(goingOf) } }]);
    for (const removal of batch) await remove(removal);
    begun += batch.length;
  }
  const failed = stayed.filter((each) => each.failed).length;
  const complete = survey.isComplete && begun === plan.removals.length;
  const tally = { ...tallyOf(removed), failed, complete };
  await audit.note([{ type: 'cleanup.completed', data: { run, dryRun: false, ...tally } }]);
  return { ...tally, removed, stayed, kept: plan.kept, foreign: survey.foreign };
}

/** What a cleanup would remove now. Changes nothing, and journals nothing. */
export async function dryRun(
  { keeper, clock }: Pick<CleanupDeps, 'keeper' | 'clock'>,
  retention: Retention,
): Promise<Cleaned> {
  const survey = await keeper.survey();
  return plannedOf(planCleanup(survey, retention, clock()), survey);
}

/** How a dry run is journalled, where nobody waits for its result. */
export function dryRunEvents({ run, by, retention }: CleanupOrder, planned: Cleaned): CleanupEvent[] {
  const { counts, bytes, failed, complete, removed } = planned;
  const items = removed.slice(0, SHOWN);
  return [
    { type: 'cleanup.started', data: { run, by, retention, dryRun: true } },
    { type: 'cleanup.completed', data: { run, dryRun: true, counts, bytes, failed, complete, items } },
  ];
}

function plannedOf({ removals, kept }: CleanupPlan, { foreign, isComplete }: Survey): Cleaned {
  const removed = removals.map(goingOf);
  const tally = { ...tallyOf(removed), failed: 0, complete: isComplete };
  return { ...tally, removed, stayed: [], kept, foreign };
}

/** @returns why it stays; undefined where it is gone. */
async function removeOne(
  { keeper, audit, log }: CleanupDeps,
  run: string,
  leftover: Leftover,
): Promise<Pick<Staying, 'reason' | 'failed'> | undefined> {
  const archived = async ({ head, ...rest }: Archived) => {
    const what = { ...refOf(leftover), ...rest, events: head.seq, hash: head.hash };
    await audit.note([{ type: 'cleanup.archived', data: { run, ...what } }]);
  };
  try {
    const reason = await keeper.remove(leftover, archived);
    return reason === undefined ? undefined : { reason, failed: false };
  } catch (error) {
    log.error('a leftover could not be removed', { ...refOf(leftover), error: error as Error });
    const reason = error instanceof Error ? error.message : String(error);
    return { reason: reason.slice(0, REASON_LENGTH), failed: true };
  }
}

const refOf = ({ kind, id }: LeftoverRef): LeftoverRef => ({ kind, id });

const goingOf = ({ leftover, why }: Removal): Going => ({
  ...refOf(leftover),
  why,
  ...present({ bytes: leftover.bytes }),
});

function tallyOf(gone: readonly Going[]): { counts: Counts; bytes: number } {
  const counts: { -readonly [K in keyof Counts]: Counts[K] } = {};
  let bytes = 0;
  for (const each of gone) {
    counts[each.kind] = (counts[each.kind] ?? 0) + 1;
    bytes += each.bytes ?? 0;
  }
  return { counts, bytes };
}
