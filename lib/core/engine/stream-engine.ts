import { LRUCache } from 'lru-cache';
import { isRepriseError } from '../errors';
import { type DomainEvent, EMPTY_HEAD, type Recorded, record, type StreamHead } from '../journal/envelope';
import { LIMITS } from '../limits';
import type { Effect } from '../messages/effect';
import type { Origin } from '../messages/envelope';
import { readOnly } from '../model/read-only';
import type { Clock } from '../model/time';
import type { JournalStore, SnapshotStore } from '../ports/stores';
import type { Listing, ListingOf } from '../projections/listing';
import type { Measurement } from '../projections/metrics';
import type { FoldSpec, StreamSpec } from './kind';
import { createTurns } from './turns';

/** A stream with all that is known of its kind. */
export interface OpenStream<State, Input, Event extends DomainEvent> extends StreamSpec<State, Input, Event> {
  readonly stream: string;
  readonly fold: FoldSpec<State>;
  readonly listing?: ListingOf<State, Event> | undefined;
}

/** An input with where it comes from. */
export interface InputEnvelope<Input> extends Origin {
  readonly input: Input;
}

/** A stream folded up to `head`, as this process holds it: the state changes in place. */
export interface Live<State> {
  readonly state: State;
  readonly head: StreamHead;
  /** The trace that the first event of the stream belongs to. */
  readonly traceId: string | undefined;
  readonly snapshotSeq: number;
}

export interface EngineDeps {
  readonly journal: JournalStore;
  readonly snapshots?: SnapshotStore;
  readonly clock: Clock;
  /** No other process writes these streams: what is held in memory is never behind the journal, and never given up. */
  readonly soleWriter?: boolean;
  /**
   * Performs effects after their events are durable. What fails here is performed by the outbox relay later.
   * @param of the append that requires them: events `from` to `seq`. A runtime that records how far effects are
   *   done needs both ends, as an earlier append of the stream may still have effects open.
   */
  readonly perform: (
    effects: readonly Effect[],
    of: { readonly stream: string; readonly from: number; readonly seq: number },
  ) => Promise<void>;
  /** Hears what events say in numbers, once each, when they are durable. It must not throw. */
  readonly onMeasured?: ((measurements: readonly Measurement[]) => void) | undefined;
}

/** Events between two snapshots of a stream, or as many as its fold has nodes: a large one is dear to write. */
export const SNAPSHOT_EVERY = 500;
/** Reloads after another writer won, before the input goes back to its queue. */
const MAX_CONFLICTS = 5;

export interface StreamEngine {
  /** Decides inputs in order with one conditional append, then performs what follows. */
  readonly handle: <State, Input, Event extends DomainEvent>(
    open: OpenStream<State, Input, Event>,
    envelopes: readonly InputEnvelope<Input>[],
  ) => Promise<readonly Recorded<Event>[]>;
  /** The current fold; from memory when this process holds it. */
  readonly load: <State, Input, Event extends DomainEvent>(
    open: OpenStream<State, Input, Event>,
  ) => Promise<Live<State>>;
  /** The fold of a stream as this process holds it, which may be behind the journal. */
  readonly held: (stream: string) => unknown;
  readonly forget: (stream: string) => void;
}

export function createStreamEngine(deps: EngineDeps): StreamEngine {
  const warm = createWarmFolds(deps.soleWriter === true);
  const inTurn = createTurns();

  async function load<S, I, E extends DomainEvent>(open: OpenStream<S, I, E>): Promise<Live<S>> {
    const held = warm.get(open.stream) as Live<S> | undefined;
    if (held) await open.ready?.({ state: readOnly(held.state) });
    if (held && deps.soleWriter) return held;
    // Another process may have written since: one read brings a held fold up to date. Without it an input that a
    // stale fold takes for late would vanish, as nothing is appended and no condition fails.
    const live = await catchUp(deps, open, held ?? (await fromSnapshot(deps, open)));
    hold(open, live);
    return live;
  }

  function hold<S, I, E extends DomainEvent>({ stream, fold }: OpenStream<S, I, E>, live: Live<S>): void {
    warm.set(stream, live, fold.weight(readOnly(live.state)));
  }

  async function handle<S, I, E extends DomainEvent>(
    open: OpenStream<S, I, E>,
    envelopes: readonly InputEnvelope<I>[],
  ): Promise<readonly Recorded<E>[]> {
    const { stream } = open;
    const { recorded, effects, from } = await inTurn(stream, () => decideAndAppend(open, envelopes));
    const last = recorded.at(-1);
    // Outside of the turn: whoever performs an effect may want to see the stream.
    if (last) await deps.perform(effects, { stream, from, seq: last.seq });
    return recorded;
  }

  async function decideAndAppend<S, I, E extends DomainEvent>(
    open: OpenStream<S, I, E>,
    envelopes: readonly InputEnvelope<I>[],
  ): Promise<Decided<E>> {
    for (let conflicts = 0; ; conflicts++) {
      try {
        return await tryOnce(open, envelopes);
      } catch (error) {
        // The fold in memory has run ahead of the journal: drop it, whatever went wrong.
        warm.delete(open.stream);
        if (!isRepriseError(error, 'VERSION_CONFLICT') || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  }

  async function tryOnce<S, I, E extends DomainEvent>(
    open: OpenStream<S, I, E>,
    envelopes: readonly InputEnvelope<I>[],
  ): Promise<Decided<E>> {
    const live = await load(open);
    const { state } = live;
    const from = live.head.seq + 1;
    const { recorded, traceId, measurements } = await decideAll(deps, open, live, envelopes);
    const head = headOf(recorded);
    if (!head) return { recorded: [], effects: [], from };
    await deps.journal.append(open.stream, live.head, recorded, changedListing(open, state, recorded));
    if (measurements.length > 0) deps.onMeasured?.(measurements);
    let { snapshotSeq } = live;
    const { name, freeze, weight } = open.fold;
    const isDue = head.seq - snapshotSeq >= Math.max(SNAPSHOT_EVERY, weight(readOnly(state)));
    if (deps.snapshots && isDue) {
      snapshotSeq = head.seq;
      await deps.snapshots.save(open.stream, { head, fold: name, traceId, state: freeze(readOnly(state)) });
    }
    hold(open, { state, head, traceId, snapshotSeq });
    const effects = recorded.flatMap((event) => open.effects(readOnly(state), event, traceId));
    return { recorded, effects, from };
  }

  return {
    handle,
    load: (open) => inTurn(open.stream, () => load(open)),
    held: (stream) => warm.get(stream)?.state,
    forget: (stream) => void warm.delete(stream),
  };
}

interface WarmFolds {
  readonly get: (stream: string) => Live<unknown> | undefined;
  readonly set: (stream: string, live: Live<unknown>, weight: number) => void;
  readonly delete: (stream: string) => void;
}

/** A sole writer's folds may be all there is of a stream; others are read again when somebody asks again. */
function createWarmFolds(keepsAll: boolean): WarmFolds {
  if (keepsAll) {
    const folds = new Map<string, Live<unknown>>();
    return {
      get: (stream) => folds.get(stream),
      set: (stream, live) => void folds.set(stream, live),
      delete: (stream) => void folds.delete(stream),
    };
  }
  const folds = new LRUCache<string, Live<unknown>>({ maxSize: LIMITS.warmNodes });
  return {
    get: (stream) => folds.get(stream),
    set: (stream, live, weight) => void folds.set(stream, live, { size: Math.max(1, weight) }),
    delete: (stream) => void folds.delete(stream),
  };
}

interface Decided<Event extends DomainEvent> {
  readonly recorded: readonly Recorded<Event>[];
  readonly effects: readonly Effect[];
  /** Sequence of the first of them. */
  readonly from: number;
}

function changedListing<S, I, E extends DomainEvent>(
  { listing }: OpenStream<S, I, E>,
  state: S,
  events: readonly Recorded<E>[],
): Listing | undefined {
  const isChanged = listing && events.some(({ type }) => listing.changes[type as E['type']]);
  return isChanged ? listing.listingOf(readOnly(state)) : undefined;
}

async function decideAll<S, I, E extends DomainEvent>(
  { clock, onMeasured }: Pick<EngineDeps, 'clock' | 'onMeasured'>,
  { stream, decider, ready, prepare, followUp, measure }: OpenStream<S, I, E>,
  live: Live<S>,
  envelopes: readonly InputEnvelope<I>[],
): Promise<{ recorded: Recorded<E>[]; traceId: string; measurements: Measurement[] }> {
  const recorded: Recorded<E>[] = [];
  const measurements: Measurement[] = [];
  const state = readOnly(live.state);
  let { head, traceId } = live;
  for (const { id: causeId, actor, traceId: given, correlationId = stream, input: first } of envelopes) {
    traceId ??= given ?? causeId;
    for (let input: I | undefined = first; input !== undefined; ) {
      const at = clock();
      const cause = { at, actor, causeId, correlationId, traceId };
      const prepared: I = prepare ? await prepare(state, input) : input;
      const events: Recorded<E>[] = record(stream, head, decider.decide(state, prepared), cause);
      const followsUp: boolean = events.length > 0 || input === first;
      for (const event of events) {
        const pending = ready?.({ event });
        if (pending) await pending;
        if (onMeasured && measure) measurements.push(...measure(state, event));
        decider.evolve(live.state, event, at);
      }
      recorded.push(...events);
      head = headOf(events) ?? head;
      input = followsUp ? await followUp?.(state, at) : undefined;
    }
  }
  return { recorded, traceId: traceId ?? '', measurements };
}

async function fromSnapshot<S, I, E extends DomainEvent>(
  { snapshots }: EngineDeps,
  { stream, decider, fold, ready }: OpenStream<S, I, E>,
): Promise<Live<S>> {
  const snapshot = await snapshots?.load(stream);
  const state = snapshot?.fold === fold.name ? thawed(fold, snapshot.state) : undefined;
  if (!snapshot || state === undefined) {
    return { state: decider.initial(), head: EMPTY_HEAD, traceId: undefined, snapshotSeq: 0 };
  }
  await ready?.({ state: readOnly(state) });
  const { head, traceId } = snapshot;
  return { state, head, traceId, snapshotSeq: head.seq };
}

/** One that cannot be read is none: the journal has everything. */
function thawed<S>({ thaw }: FoldSpec<S>, frozen: unknown): S | undefined {
  try {
    return thaw(frozen);
  } catch {
    return undefined;
  }
}

async function catchUp<S, I, E extends DomainEvent>(
  { journal }: EngineDeps,
  { stream, decider, ready }: OpenStream<S, I, E>,
  live: Live<S>,
): Promise<Live<S>> {
  let { head, traceId } = live;
  for await (const event of journal.read(stream, head.seq + 1)) {
    // The journal holds events of any kind; the name of the stream says which these are.
    const pending = ready?.({ event: event as Recorded<E> });
    if (pending) await pending;
    decider.evolve(live.state, event as Recorded<E>, event.at);
    traceId ??= event.traceId;
    head = { seq: event.seq, hash: event.hash };
  }
  return { ...live, head, traceId };
}

function headOf(events: readonly Recorded[]): StreamHead | undefined {
  const last = events.at(-1);
  return last && { seq: last.seq, hash: last.hash };
}
