import { isRepriseError } from '../errors';
import type { Recorded } from '../journal/envelope';
import { jobAt, streamOf, triggerAt } from '../messages/address';
import type { JournalStore } from '../ports/stores';
import type { JobFold, StreamReader } from '../ports/streams';
import type { Patience, Repair } from '../recovery/reconcile/repair';
import { type FiredJob, reconcileTrigger } from '../recovery/reconcile/strays';
import type { TriggerEvent } from '../trigger/events';

interface FoldsDeps {
  readonly streams: StreamReader;
  readonly journal: Pick<JournalStore, 'read'>;
}

/** Undefined where there is no such job. */
export async function foldOf({ view }: StreamReader, jobId: string): Promise<JobFold | undefined> {
  try {
    return await view(jobAt(jobId));
  } catch (error) {
    if (isRepriseError(error, 'JOB_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** A trigger, with the jobs that it counts as running. */
export async function reconcileFired(
  deps: FoldsDeps,
  triggerId: string,
  patience: Patience,
): Promise<{ readonly owner: string; readonly repairs: readonly Repair[] }> {
  const { state } = await deps.streams.view(triggerAt(triggerId));
  const fired: FiredJob[] = [];
  let firings: ReadonlyMap<string, number> | undefined;
  for (const jobId of [...state.running]) {
    const job = await foldOf(deps.streams, jobId);
    if (job) fired.push({ jobId, status: job.state.status, since: job.state.finishedAt });
    else {
      firings ??= await firingsOf(deps.journal, triggerId);
      fired.push({ jobId, status: undefined, since: firings.get(jobId) });
    }
  }
  return {
    owner: state.owner ?? '',
    repairs: reconcileTrigger(triggerId, state, { fired, patience }),
  };
}

/** When a trigger fired, by job; the fold has the latest only. */
async function firingsOf(
  journal: Pick<JournalStore, 'read'>,
  triggerId: string,
): Promise<ReadonlyMap<string, number>> {
  const firings = new Map<string, number>();
  for await (const event of journal.read(streamOf(triggerAt(triggerId)))) {
    const { type, data, at } = event as Recorded<TriggerEvent>;
    if (type === 'trigger.fired') firings.set(data.jobId, at);
  }
  return firings;
}
