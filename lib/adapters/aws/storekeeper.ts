import type { KeyObject } from 'node:crypto';
import { AUDIT_KIND } from '../../core/audit/events';
import { AUDIT_SHARDS, auditStreams, dayEnd, dayOf } from '../../core/audit/streams';
import { DAY_MS, LEAST_DAYS, LETTERS_WAIT, type Retention } from '../../core/cleanup/retention';
import { assertNever } from '../../core/errors';
import type { Recorded, StreamHead } from '../../core/journal/envelope';
import { addressOf, jobAt, streamOf } from '../../core/messages/address';
import { present } from '../../core/model/present';
import type { Clock } from '../../core/model/time';
import type { Archived, Leftover, Storekeeper, Survey } from '../../core/ports/cleanup';
import type { TriggerSources } from '../../core/ports/effects';
import type { JournalStore } from '../../core/ports/stores';
import { archiveOf } from '../archive/archive-text';
import type { Archives } from './bucket/archives';
import { snapshotKey } from './bucket/snapshot-store';
import type { ClockRegister } from './events/orphans';
import type { ClosedStreams } from './table/closed-streams';
import type { OpenStreams, Progress } from './table/open-streams';

export interface StorekeeperDeps {
  readonly streams: ClosedStreams;
  readonly progress: OpenStreams['progress'];
  readonly journal: Pick<JournalStore, 'head' | 'written'>;
  readonly archives: Archives;
  readonly objects: { readonly remove: (key: string) => Promise<void> };
  readonly clocks: ClockRegister;
  /** Arms a trigger as its journal says, whatever it is told. */
  readonly sources: TriggerSources;
  /** Which of these triggers are not there any more. */
  readonly gone: (triggerIds: readonly string[]) => Promise<readonly string[]>;
  /** Whether a letter of the job is not resolved. */
  readonly hasLetters: (jobId: string) => Promise<boolean>;
  /** What heads of archives are signed with. */
  readonly key: () => Promise<KeyObject>;
  readonly clock: Clock;
  readonly retention: Retention;
}

/** Jobs looked at in one run, the oldest first; the rest is for the next. */
const JOBS = 1_000;

/** Streams whose progress is asked for at once: DynamoDB reads two items of each, and a hundred in a call. */
const PAGE = 33;

/** Days without a record after which nothing older is looked for, and streams of the audit trail of one run. */
const EMPTY_DAYS = 31;
const AUDIT_STREAMS = 500;

/** What is left over in the table, the bucket and EventBridge. Graphs are kept: archives are replayed with them. */
export function createAwsStorekeeper(deps: StorekeeperDeps): Storekeeper {
  const { streams, clocks, clock, retention } = deps;
  return {
    async survey() {
      const now = clock();
      const halfRemoved = (await streams.sealed(JOBS)).map(
        (id): Leftover => ({ kind: 'halfRemoved', id, idleSince: now }),
      );
      const before = now - Math.max(retention.jobDays, LEAST_DAYS) * DAY_MS;
      const closed = await streams.closed(before, JOBS);
      const jobs: Leftover[] = [];
      for (let i = 0; i < closed.length; i += PAGE) {
        const page = closed.slice(i, i + PAGE);
        const names = page.map(({ stream }) => stream);
        const reopened = await streams.reopened(names);
        const progress = await deps.progress(names);
        for (const [at, { stream, closedAt }] of page.entries()) {
          const inUse = await whyInUse(deps, stream, progress[at], reopened.has(stream));
          const { id } = addressOf(stream);
          jobs.push({ kind: 'job', id, idleSince: closedAt, ...present({ inUse }) });
        }
      }
      const audit = await auditDays(deps, now);
      const orphans = (await deps.gone(await clocks.armed())).map(
        (id): Leftover => ({ kind: 'clock', id, idleSince: now }),
      );
      const overdue = await clocks.overdue(now - LEAST_DAYS * DAY_MS);
      const timers = overdue.map(
        ({ name, dueAt }): Leftover => ({ kind: 'timer', id: name, idleSince: dueAt }),
      );
      return {
        leftovers: [...halfRemoved, ...jobs, ...audit.leftovers, ...orphans, ...timers],
        ...{ neededGraphs: [], foreign: [], isComplete: closed.length < JOBS && audit.isComplete },
      };
    },
    async remove(before, archived) {
      switch (before.kind) {
        case 'job':
          return removeJob(deps, streamOf(jobAt(before.id)), archived);
        case 'auditDay':
          return removeStream(deps, `${AUDIT_KIND}/${before.id}`, archived);
        case 'halfRemoved':
          await erase(deps, before.id);
          return undefined;
        case 'clock':
          await deps.sources.arm(before.id, undefined);
          return undefined;
        case 'timer':
          await clocks.deleteTimer(before.id);
          return undefined;
        // What only processes of one machine leave behind.
        case 'unsubmittedJob':
        case 'workspace':
        case 'graph':
        case 'lock':
        case 'draft':
          return 'there is none of its kind here';
        default:
          return assertNever(before.kind, 'kind of leftover');
      }
    },
  };
}

/**
 * Streams of the audit trail whose day is past its retention, the latest first, until for a month nothing was recorded. No list has
 * them: the cleanup runs every day, and finds one day more each time.
 */
async function auditDays(
  { journal, retention }: StorekeeperDeps,
  now: number,
): Promise<Pick<Survey, 'leftovers' | 'isComplete'>> {
  const leftovers: Leftover[] = [];
  if (retention.auditDays === undefined) return { leftovers, isComplete: true };
  let empty = 0;
  for (let at = now - (retention.auditDays + 1) * DAY_MS; empty < EMPTY_DAYS; at -= DAY_MS) {
    if (leftovers.length >= AUDIT_STREAMS) return { leftovers, isComplete: false };
    const names = auditStreams(dayOf(at), AUDIT_SHARDS);
    const heads = await Promise.all(names.map((stream) => journal.head(stream)));
    const there = names.filter((_, i) => (heads[i]?.seq ?? 0) > 0);
    empty = there.length === 0 ? empty + 1 : 0;
    for (const stream of there)
      leftovers.push({ kind: 'auditDay', id: addressOf(stream).id, idleSince: dayEnd(stream) ?? now });
  }
  return { leftovers, isComplete: true };
}

/** The mark counts as well: an effect that is still to be performed needs the events. */
async function whyInUse(
  { hasLetters }: Pick<StorekeeperDeps, 'hasLetters'>,
  stream: string,
  progress: Progress | undefined,
  isReopened: boolean,
): Promise<string | undefined> {
  if (!progress?.isOver) return 'it is not over';
  // When it was closed says nothing any more; once it is over for good, it is closed anew.
  if (isReopened) return 'it has gone on since it was closed';
  if (progress.confirmed < progress.seq) return 'not all of its effects are performed';
  return (await hasLetters(addressOf(stream).id)) ? LETTERS_WAIT : undefined;
}

async function removeJob(
  deps: StorekeeperDeps,
  stream: string,
  archived: (what: Archived) => Promise<void>,
): Promise<string | undefined> {
  const { streams } = deps;
  const [progress] = await deps.progress([stream]);
  if (progress?.seq === 0) return undefined;
  const inUse = await whyInUse(deps, stream, progress, (await streams.reopened([stream])).has(stream));
  return inUse ?? (await removeStream(deps, stream, archived));
}

async function removeStream(
  deps: StorekeeperDeps,
  stream: string,
  archived: (what: Archived) => Promise<void>,
): Promise<string | undefined> {
  const { journal, streams } = deps;
  const head = await journal.head(stream);
  if (head.seq === 0) return undefined;
  await archived(await archive(deps, stream, head));
  // From here on nobody appends. What was appended before is in the archive, or the seal is refused.
  if (!(await streams.seal(stream, head.seq))) return 'it has gone on since it was looked at';
  await erase(deps, stream);
  return undefined;
}

/** The archive of an interrupted run is found by the head that it was made for. */
async function archive(
  { archives, journal, key, clock }: StorekeeperDeps,
  stream: string,
  head: StreamHead,
): Promise<Archived> {
  const at = await timeOf(journal, stream, head.seq);
  const ended = { head, at };
  const known = await archives.find(stream, ended);
  if (known) return known;
  const made = await archiveOf(stream, journal.written(stream), { head, key: await key(), at: clock() });
  return archives.keep(stream, ended, made);
}

/** When an event happened. */
async function timeOf(journal: Pick<JournalStore, 'written'>, stream: string, seq: number): Promise<number> {
  let last: Recorded | undefined;
  for await (const event of journal.written(stream, seq)) last = event;
  return last?.at ?? 0;
}

/** The snapshot goes first: with it, what is left of the pages could still be folded. */
async function erase({ objects, streams, clock }: StorekeeperDeps, stream: string): Promise<void> {
  await objects.remove(snapshotKey(stream));
  await streams.erase(stream, clock());
}
