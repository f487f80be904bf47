import type { Recorded } from '../journal/envelope';
import { addressOf, isStreamKind, jobAt, streamOf } from '../messages/address';
import type { Held } from '../model/held';
import { idSchema } from '../model/ids';
import { present } from '../model/present';
import { isTraceId, traceNamed, traceOfJob } from '../model/trace';
import type { JournalStore } from '../ports/stores';
import type { TraceIndex, TracePlace } from '../ports/traces';
import { effectLines, eventLine, type TraceLine } from '../projections/trace-lines';
import type { AnyKind } from './kind';
import type { Kinds } from './kinds';

export interface TracingDeps {
  readonly journal: Pick<JournalStore, 'read'>;
  readonly kinds: Kinds;
  readonly index: TraceIndex;
}

/** What carries an id, and whose. */
export interface Traced {
  /** In the order of time. */
  readonly lines: readonly TraceLine[];
  /** Of the jobs among it, by their ids: their traces as OpenTelemetry has them. */
  readonly jobs: ReadonlyMap<string, string>;
}

/** Streams that are read: what one call can cause is seen whole, and a question has an end. */
const MOST_STREAMS = 200;

/** Events of a pool that are looked at: its journal goes on for ever. */
const MOST_OF_POOL = 500;

/**
 * All that carries an id: that of a job, of a trace, or of a call. Of a job that is everything; of a call, the events that it
 * caused and what followed from them, jobs that it began included. What was told to a pool is a message here, as what a pool
 * decides is about many jobs.
 * @param maySee whether what belongs to an owner, or to nobody, may be shown.
 */
export async function traced(
  deps: TracingDeps,
  id: string,
  maySee: (held: Held | undefined) => boolean,
): Promise<Traced> {
  const open = [...(await startsOf(deps, id))];
  const [lines, jobs, done] = [new Map<string, TraceLine>(), new Map<string, string>(), new Set<string>()];
  /** Ids of what was sent: an event that names one of them followed from it. */
  const sent = new Set<string>();
  let reads = 0;
  for (const place of open) {
    if (done.has(place.stream) || reads++ >= MOST_STREAMS) continue;
    const found = await foundIn(deps, place, { id, sent });
    if (!found || !maySee(found.held)) continue;
    if (found.isWhole) done.add(place.stream);
    if (found.traceId !== undefined) jobs.set(addressOf(place.stream).id, found.traceId);
    for (const line of found.lines) {
      const name = `${line.stream}/${line.seq} ${line.cause} ${line.type}`;
      if (lines.has(name)) continue;
      lines.set(name, line);
      const { to } = line;
      if (to === undefined || to === place.stream || !isFollowed(to)) continue;
      open.push({ stream: to, seq: 1 });
    }
    for (const effect of found.sent) sent.add(effect);
  }
  return { lines: [...lines.values()].sort((a, b) => a.at - b.at), jobs };
}

async function startsOf({ index }: TracingDeps, id: string): Promise<readonly TracePlace[]> {
  const places = isTraceId(id) ? await index.places(id) : [];
  const own = idSchema.safeParse(id).success ? [{ stream: streamOf(jobAt(id)), seq: 1 }] : [];
  return [...own, ...places];
}

/** Not the streams that everyone's jobs speak to. */
const isFollowed = (stream: string): boolean => ['job', 'letter', 'trigger'].includes(addressOf(stream).kind);

interface Sought {
  readonly id: string;
  readonly sent: ReadonlySet<string>;
}

interface Found {
  /** All of its events count, whatever caused them. */
  readonly isWhole: boolean;
  /** Nobody's, where that is not known. */
  readonly held: Held | undefined;
  /** Of a job of which something was found. */
  readonly traceId?: string;
  readonly lines: readonly TraceLine[];
  readonly sent: readonly string[];
}

/** What of a stream carries the id, or follows from what was sent. Undefined where there is no such stream. */
async function foundIn(deps: TracingDeps, place: TracePlace, sought: Sought): Promise<Found | undefined> {
  const { kind, id } = addressOf(place.stream);
  if (!isStreamKind(kind)) return undefined;
  if (kind === 'pool') return foundInPool(deps, place, sought);
  const { open }: AnyKind = deps.kinds[kind];
  const sent = new Set(sought.sent);
  const lines: TraceLine[] = [];
  let spec: Awaited<ReturnType<typeof open>> | undefined;
  let state: unknown;
  let first: Recorded | undefined;
  let isWhole = false;
  for await (const event of deps.journal.read(place.stream)) {
    if (!first) {
      first = event;
      isWhole = kind === 'job' && (id === sought.id || isOfTrace(event, sought.id) || follows(event, sought));
      spec = await open(id, []);
      state = spec?.decider.initial();
    }
    await spec?.ready?.({ event });
    spec?.decider.evolve(state, event, event.at);
    if (!isWhole && !follows(event, { ...sought, sent })) continue;
    lines.push(eventLine(event));
    for (const effect of spec?.effects(state, event, first.traceId) ?? []) {
      sent.add(effect.id);
      lines.push(...effectLines(effect, event.at));
    }
  }
  if (!first) return undefined;
  const trace = kind === 'job' && lines.length > 0 && { traceId: traceOfJob(first.traceId, id).traceId };
  return { isWhole, held: heldIn(state), ...trace, lines, sent: [...sent] };
}

/** Of a pool nothing is folded: its state is that of everyone's jobs. */
async function foundInPool({ journal }: TracingDeps, place: TracePlace, sought: Sought): Promise<Found> {
  const lines: TraceLine[] = [];
  let looked = 0;
  for await (const event of journal.read(place.stream, place.seq)) {
    if (follows(event, sought)) lines.push(eventLine(event));
    looked += 1;
    if (looked >= MOST_OF_POOL) break;
  }
  return { isWhole: false, held: undefined, lines, sent: [] };
}

function isOfTrace({ traceId, stream }: Recorded, id: string): boolean {
  const named = traceNamed(id)?.traceId;
  return (
    traceId === id || (named !== undefined && traceOfJob(traceId, addressOf(stream).id).traceId === named)
  );
}

/** Whether a call of this id caused it, or something that was sent. A submission names what asked for it behind a word of its own. */
function follows({ causeId, correlationId }: Recorded, { id, sent }: Sought): boolean {
  return correlationId === id || sent.has(causeId) || sent.has(causeId.replace(/^submit\//, ''));
}

/** Whose a stream is; nobody's, where its fold does not say. */
function heldIn(state: unknown): Held | undefined {
  const { submitted, sharedWith, ...other } = state as Partial<Held> & { submitted?: { owner: string } };
  const owner = submitted?.owner ?? other.owner;
  return owner === undefined ? undefined : { owner, ...present({ sharedWith }) };
}
