import type { FileJournalStore } from '../adapters/embedded/disk/journal-store';
import { assertJournal } from '../adapters/embedded/disk/journal-check';
import type { Layout } from '../adapters/embedded/disk/layout';
import { type KnownTrigger, readTrigger, rearm, redeliver } from '../adapters/embedded/recovery/trigger-recovery';
import type { Effect } from '../core/ports/effects';
import type { JobView } from '../core/engine/jobs';
import { jobStream, triggerStream } from '../core/messages/address';
import { triggerStatus } from '../core/engine/triggers';
import { isRepriseError, RepriseError } from '../core/errors';
import type { JobEvent, JobStatusIndex } from '../core/job/events';
import { isOver, type JobStatus } from '../core/job/state';
import type { Recorded } from '../core/journal/envelope';
import { verifyChain } from '../core/journal/verify';
import { armedSource } from '../core/trigger/state';
import type { ServedEngine } from './engine';
import { entriesOf, type JobFiles } from './job-files';

export interface TakeUpDeps {
  readonly engine: ServedEngine;
  readonly layout: Layout;
  readonly journal: FileJournalStore;
  readonly files: JobFiles;
  /** Says what could not be taken up, and why. */
  readonly warn: (message: string) => void;
}

/**
 * Goes on where the last daemon of this directory stopped, however it stopped. Jobs come first: what triggers start
 * or cancel depends on them. Everything performed here may have happened before; ids tell that it did.
 */
export async function takeUp(
  deps: TakeUpDeps,
): Promise<{ readonly jobs: number; readonly triggers: number }> {
  const { engine, files, layout } = deps;
  try {
    const { open, over } = await files.left();
    for (const job of over) await enterOver(deps, job);
    const taken = new Map<string, 'running' | 'over'>();
    for (const jobId of open) {
      const status = await takeJob(deps, jobId);
      if (status) taken.set(jobId, status);
    }

    const known: KnownTrigger[] = [];
    for (const id of await entriesOf(layout.triggers)) known.push(await readKnown(deps, id));
    for (const trigger of known) await rearm(trigger, engine.triggers);
    for (const trigger of known) await tellEnds(deps, trigger);
    await redeliver(known, await publishedBy(deps, [...taken.keys()], known), engine.triggers);
    for (const [jobId, status] of taken) if (status === 'over') await files.end(jobId);
    for (const trigger of known) if (isClocked(trigger)) await dueNow(deps, trigger);
    return { jobs: taken.size, triggers: known.length };
  } finally {
    engine.started();
  }
}

function isClocked({ state }: KnownTrigger): boolean {
  return armedSource(state)?.kind === 'schedule';
}

/** What was missed meanwhile, the trigger finds out itself. */
function dueNow({ engine }: TakeUpDeps, { id }: KnownTrigger): Promise<void> {
  return engine.queues.toTrigger(id, { type: 'due' }, 'due/started');
}

/** A head that says nothing of the job is made good by its journal. */
async function enterOver(
  { engine }: TakeUpDeps,
  { jobId, index }: { jobId: string; index: JobStatusIndex | undefined },
) {
  if (index) return engine.lists.enterJob(jobId, index);
  const view = await engine.runtime.view(jobId).catch(() => undefined);
  engine.runtime.forget(jobId);
  if (view) engine.lists.enterJob(jobId, indexOf(view));
}

/** Undefined for a job that was never submitted, or that this daemon cannot go on with, which it says. */
async function takeJob(
  { engine, layout, journal, files, warn }: TakeUpDeps,
  jobId: string,
): Promise<'running' | 'over' | undefined> {
  const stream = jobStream(jobId);
  try {
    await files.take(jobId);
    if ((await journal.head(stream)).seq === 0) {
      await journal.release(stream);
      return undefined;
    }
    await assertJournal(layout, jobId);
    const view = await engine.runtime.view(jobId);
    if (isOver(view.state.status)) {
      engine.lists.enterJob(jobId, indexOf(view));
      engine.runtime.forget(jobId);
      return 'over';
    }
    await engine.graphs.get(view.index.hash);
    engine.lists.enterJob(jobId, indexOf(view));
    await engine.runtime.takeOver(jobId, 'the daemon was started again');
    return 'running';
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    await journal.release(stream);
    warn(`job ${jobId} is left as it is: ${error.message}`);
    return undefined;
  }
}

/** @throws RepriseError JOURNAL_CORRUPT: a daemon that forgot what a trigger did would do it twice. */
async function readKnown({ engine, journal }: TakeUpDeps, id: string): Promise<KnownTrigger> {
  const stream = triggerStream(id);
  await journal.ownStream(stream);
  const trigger = await readTrigger(id, engine.triggers, journal);
  const verdict =
    trigger.events.length === 0 ? { valid: true as const } : await verifyChain(trigger.events, stream);
  if (!verdict.valid) {
    const { at, reason } = verdict;
    const message = `the journal of ${stream} does not verify at event ${at}: ${reason}. Restore it from a copy`;
    throw new RepriseError('JOURNAL_CORRUPT', message, { context: { stream, seq: at, reason } });
  }
  const index = triggerStatus(trigger.state);
  if (index) engine.lists.enterTrigger(id, index);
  return trigger;
}

/** Jobs that ended without the trigger hearing of it. */
async function tellEnds({ engine }: TakeUpDeps, { id, state }: KnownTrigger): Promise<void> {
  for (const jobId of [...state.running]) {
    const job = await engine.lists.jobs.get(jobId).catch(() => undefined);
    const status = job?.status as JobStatus | undefined;
    if (status === undefined || !isOver(status)) continue;
    const message = { type: 'jobEnded' as const, jobId, status };
    await engine.queues.toTrigger(id, message, `job/${jobId}/ended`);
  }
}

/** What jobs and triggers had to publish, whether they did or not. */
async function publishedBy(
  { engine, journal }: TakeUpDeps,
  jobIds: readonly string[],
  known: readonly KnownTrigger[],
): Promise<Effect[]> {
  const effects: Effect[] = [];
  if (!known.some(({ state }) => state.definition?.source.kind === 'event')) return effects;
  for (const { id, events } of known) effects.push(...(await engine.triggers.engine.effectsOf(id, events)));
  for (const jobId of jobIds) {
    const events: Recorded<JobEvent>[] = [];
    for await (const event of journal.read(jobStream(jobId))) {
      if (PUBLISHED.includes(event.type)) events.push(event as Recorded<JobEvent>);
    }
    effects.push(...(await engine.runtime.effectsOf(jobId, events)));
    await engine.view(jobId);
  }
  return effects;
}

const PUBLISHED: readonly string[] = ['job.admitted', 'job.completed'];

function indexOf({ state }: JobView): JobStatusIndex {
  if (!state.submitted) throw new Error('a job that was never submitted has no place in a list');
  const { owner, name, priority } = state.submitted;
  const { status, submittedAt = 0 } = state;
  return { owner, name, priority: state.priority ?? priority, status, submittedAt };
}
