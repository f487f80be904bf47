import { entriesOf } from '../adapters/embedded/disk/entries';
import { assertJournal } from '../adapters/embedded/disk/journal-check';
import type { FileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import type { LetterEvent } from '../core/dlq/events';
import { isRepriseError, isTerminal, RepriseError } from '../core/errors';
import type { Recorded } from '../core/journal/envelope';
import { verifyChain } from '../core/journal/verify';
import {
  type Address,
  dependencyAt,
  jobAt,
  letterAt,
  streamOf,
  targetAt,
  triggerAt,
} from '../core/messages/address';
import type { Effect } from '../core/messages/effect';
import { collected } from '../core/model/collected';
import { isOver } from '../core/model/outcome';
import type { ReadOnly } from '../core/model/read-only';
import { rearmingTarget, targetEffects } from '../core/notify/effects';
import type { TargetEvent } from '../core/notify/events';
import type { JobFold } from '../core/ports/streams';
import { dependencyListing, jobListing, triggerListing } from '../core/projections/listing';
import { rearmingDependency } from '../core/recovery/dependencies';
import { rearmingLetters } from '../core/recovery/letters';
import { type KnownTrigger, rearming, unheard } from '../core/recovery/triggers';
import type { TriggerEvent } from '../core/trigger/events';
import { armedSource } from '../core/trigger/hearing';
import { checkSource } from '../core/trigger/source';
import type { TriggerState } from '../core/trigger/state';
import type { ServedEngine } from './engine';
import type { JobFiles, OverJob } from './job-files';
import { createTakingUp, type SetAside } from './taking-up';

export interface TakeUpDeps {
  readonly engine: ServedEngine;
  readonly layout: Layout;
  readonly journal: FileJournalStore;
  readonly files: JobFiles;
  /** Says what could not be taken up, and why. */
  readonly warn: (message: string) => void;
}

const DAEMON = { kind: 'engine', id: 'daemon' } as const;

/**
 * Goes on where the last daemon of this directory stopped, however it stopped. Jobs come first: what triggers start
 * or cancel depends on them. Everything performed here may have happened before; ids tell that it did.
 */
export async function takeUp(deps: TakeUpDeps): Promise<TakenUp> {
  const taken = await takeAll(deps);
  // Last, as they may end jobs, and the end of a job is dealt with when all the rest is taken up.
  for (const group of await entriesOf(deps.layout.letters)) await takeLetters(deps, group);
  for (const name of await entriesOf(deps.layout.targets)) await takeTarget(deps, name);
  return taken;
}

interface TakenUp {
  readonly jobs: number;
  readonly triggers: number;
}

async function takeAll(deps: TakeUpDeps): Promise<TakenUp> {
  const { engine, files, layout } = deps;
  const { runtime, triggers } = engine;
  try {
    // Before jobs ask for a place in it.
    await engine.queue.hold();
    // Before jobs ask how they stand.
    for (const name of await entriesOf(layout.dependencies)) await takeDependency(deps, name);
    const { open, over } = await files.left();
    for (const job of over) await enterOver(deps, job);
    const taken = new Map<string, 'running' | 'over'>();
    const takingUp = createTakingUp(layout);
    for (const jobId of open) {
      const status = await takingUp.attempt(jobId, () => takeJob(deps, jobId));
      if (typeof status === 'object') deps.warn(setAside(jobId, status));
      else if (status) taken.set(jobId, status);
    }
    // Before triggers start more.
    await engine.queue.restore();

    const known: KnownTrigger[] = [];
    for (const id of await entriesOf(layout.triggers)) known.push(await readKnown(deps, id));
    for (const trigger of known) await countFirings(deps, trigger);
    for (const trigger of known) await runtime.perform(rearming(trigger));
    for (const trigger of known) await tellEnds(deps, trigger);
    const published = await publishedBy(deps, [...taken.keys()], known);
    for (const { triggerId, event } of unheard(known, published)) await triggers.give(triggerId, event);
    for (const [jobId, status] of taken) if (status === 'over') await files.end(jobId);
    for (const trigger of known) if (isClocked(trigger)) await dueNow(deps, trigger);
    return { jobs: taken.size, triggers: known.length };
  } finally {
    engine.started();
  }
}

function setAside(jobId: string, { setAside: file }: SetAside): string {
  return `job ${jobId} is set aside: the last two daemons died while they took it up. To have it tried again, delete ${file}`;
}

/** A cause that goes on over a restart has started what it has started. */
async function countFirings({ engine: { limits } }: TakeUpDeps, { state, events }: KnownTrigger) {
  const { owner = '' } = state;
  for (const { type, data, at } of events) {
    if (type !== 'trigger.fired') continue;
    const { jobId, firing } = data;
    await limits.admit({ owner, root: firing.root ?? jobId, jobId, at });
  }
}

function isClocked({ state }: KnownTrigger): boolean {
  return armedSource(state)?.kind === 'schedule';
}

/** What was missed meanwhile, the trigger finds out itself. */
function dueNow({ engine }: TakeUpDeps, { id }: KnownTrigger): Promise<void> {
  const delivery = { to: triggerAt(id), message: { type: 'due' } as const };
  return engine.runtime.send(delivery, { id: 'due/started', actor: DAEMON });
}

/** A head that says nothing of the job is made good by its journal. */
async function enterOver({ engine: { runtime, lists } }: TakeUpDeps, { jobId, listing }: OverJob) {
  if (listing) return lists.enter(streamOf(jobAt(jobId)), listing);
  const job = await runtime.view(jobAt(jobId)).catch(() => undefined);
  runtime.forget(jobId);
  if (job) enterJob({ lists }, jobId, job);
}

function enterJob({ lists }: Pick<ServedEngine, 'lists'>, jobId: string, { state }: JobFold): void {
  const listing = jobListing.listingOf(state);
  if (listing) lists.enter(streamOf(jobAt(jobId)), listing);
}

/** Undefined for a job that was never submitted, or that this daemon cannot go on with, which it says. */
async function takeJob(
  { engine, layout, journal, files, warn }: TakeUpDeps,
  jobId: string,
): Promise<'running' | 'over' | undefined> {
  const stream = streamOf(jobAt(jobId));
  const { runtime } = engine;
  try {
    await files.take(jobId);
    if ((await journal.head(stream)).seq === 0) {
      await journal.release(stream);
      return undefined;
    }
    await assertJournal(layout, jobId);
    const job = await runtime.view(jobAt(jobId));
    if (isOver(job.state.status)) {
      enterJob(engine, jobId, job);
      await runtime.takeOver(jobId, 'the daemon was started again');
      runtime.forget(jobId);
      return 'over';
    }
    await engine.graphs.get(job.index.hash);
    enterJob(engine, jobId, job);
    await runtime.takeOver(jobId, 'the daemon was started again');
    return 'running';
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    await journal.release(stream);
    warn(`job ${jobId} is left as it is: ${error.message}`);
    return undefined;
  }
}

/** What was open is open for the rest of its time. @throws RepriseError JOURNAL_CORRUPT */
async function takeDependency({ engine, journal }: TakeUpDeps, name: string): Promise<void> {
  const at = dependencyAt(name);
  await readVerified(journal, at);
  const { state, head } = await engine.runtime.view(at);
  const listing = dependencyListing.listingOf(state);
  if (listing && head.seq > 0) engine.lists.enter(streamOf(at), listing);
  await engine.runtime.perform(rearmingDependency(name, state, head.seq));
}

/** Letters that were on their way, or put off, go on; those that other processes parked wait. */
async function takeLetters({ engine: { runtime }, journal }: TakeUpDeps, group: string): Promise<void> {
  const at = letterAt(group);
  const events = (await eventsOf({ journal }, at)) as Recorded<LetterEvent>[];
  if (events.length === 0) return;
  await runtime.perform(rearmingLetters(group, (await runtime.view(at)).state, events));
}

/** What waits to be told is told when it is due; what was under way is tried again once it is late. @throws RepriseError JOURNAL_CORRUPT */
async function takeTarget({ engine: { runtime }, journal }: TakeUpDeps, name: string): Promise<void> {
  const at = targetAt(name);
  const events = (await readVerified(journal, at)) as Recorded<TargetEvent>[];
  const { state, head } = await runtime.view(at);
  // The daemon before may have died between an escalation and its telling; told again, it is known.
  const told = events.filter(({ type }) => type === 'alert.escalated');
  await runtime.perform([
    ...told.flatMap((event) => targetEffects(state, event)),
    ...rearmingTarget(name, state, head.seq),
  ]);
}

/** The events of a stream that this daemon owns from now on. @throws RepriseError JOURNAL_CORRUPT */
async function readVerified(journal: FileJournalStore, at: Address): Promise<Recorded[]> {
  const stream = streamOf(at);
  await journal.ownStream(stream);
  if ((await journal.head(stream)).seq === 0) return [];
  const verdict = await verifyChain(journal.written(stream), stream);
  if (verdict.valid) return eventsOf({ journal }, at);
  const { at: seq, reason } = verdict;
  const message = `the journal of ${stream} does not verify at event ${seq}: ${reason}. Restore it from a copy`;
  throw new RepriseError('JOURNAL_CORRUPT', message, { context: { stream, seq, reason } });
}

/** @throws RepriseError JOURNAL_CORRUPT: a daemon that forgot what a trigger did would do it twice. */
async function readKnown({ engine, journal, warn }: TakeUpDeps, id: string): Promise<KnownTrigger> {
  const stream = streamOf(triggerAt(id));
  const events = (await readVerified(journal, triggerAt(id))) as Recorded<TriggerEvent>[];
  const { state, head } = await engine.runtime.view(triggerAt(id));
  const listing = triggerListing.listingOf(state);
  if (listing) engine.lists.enter(stream, listing);
  const problem = unreadable(state);
  if (problem === undefined) return { id, state, head, events };
  warn(`trigger ${state.definition?.name} starts nothing until it is set again: ${problem}`);
  return { id, state: { ...state, status: 'paused' }, head, events };
}

/** What this version refuses of what an earlier one took. */
function unreadable(state: ReadOnly<TriggerState>): string | undefined {
  const source = armedSource(state);
  try {
    if (source) checkSource(source);
    return undefined;
  } catch (error) {
    if (isTerminal(error)) return error.message;
    throw error;
  }
}

function eventsOf({ journal }: Pick<TakeUpDeps, 'journal'>, at: Address): Promise<Recorded[]> {
  return collected(journal.read(streamOf(at)));
}

/** Jobs that ended without the trigger hearing of it. */
async function tellEnds({ engine }: TakeUpDeps, { id, state }: KnownTrigger): Promise<void> {
  for (const jobId of [...state.running]) {
    const job = await engine.lists.jobs.get(jobId).catch(() => undefined);
    if (job === undefined || !isOver(job.status)) continue;
    const message = { type: 'jobEnded' as const, jobId, status: job.status };
    const origin = { id: `job/${jobId}/ended`, actor: DAEMON };
    await engine.runtime.send({ to: triggerAt(id), message }, origin);
  }
}

/** What jobs and triggers had to publish, whether they did or not. */
async function publishedBy(
  deps: TakeUpDeps,
  jobIds: readonly string[],
  known: readonly KnownTrigger[],
): Promise<Effect[]> {
  if (!known.some(({ state }) => state.definition?.source.kind === 'event')) return [];
  const { runtime, streams } = deps.engine;
  const effects: Effect[] = [];
  for (const { id, events } of known) {
    effects.push(...(await runtime.effectsOf(streamOf(triggerAt(id)), events)));
  }
  for (const jobId of jobIds) {
    const at = jobAt(jobId);
    effects.push(...(await runtime.effectsOf(streamOf(at), await eventsOf(deps, at))));
    // Of a job that is over nothing is held.
    await streams.view(at);
  }
  return effects.filter(({ kind }) => kind === 'publish');
}
