import type { Decider } from '../journal/decider';
import type { Effect } from '../ports/effects';
import { isRepriseError } from '../errors';
import type { JobStatusIndex } from '../job/events';
import {
  type Actor,
  type DomainEvent,
  EMPTY_HEAD,
  type Recorded,
  record,
  type StreamHead,
} from '../journal/envelope';
import type { Clock, JournalStore, SnapshotStore } from '../ports/stores';
import type { QueueStatus } from '../messages/pool';
import type { TriggerSource } from '../messages/trigger-definition';
import type { TriggerStatus } from '../trigger/state';
import { createTurns } from './turns';

/** The queue of jobs of a pool, as whoever submits has to know it. */
export interface PoolStatusIndex {
  readonly kind: 'pool';
  /** Jobs that wait to be admitted. */
  readonly waiting: number;
  /** Jobs that were admitted and are not over. */
  readonly running: number;
  readonly status: QueueStatus;
}

/** What a list of triggers shows. */
export interface TriggerStatusIndex {
  readonly kind: 'trigger';
  readonly owner: string;
  readonly name: string;
  readonly status: TriggerStatus;
  readonly source: TriggerSource;
}

/** A journal that may keep the status of pools and triggers beside their streams; one without use for it leaves it out. */
export interface EngineJournal extends JournalStore {
  /** As `append`, with the status in the same transaction. */
  readonly appendWithStatus?: (
    stream: string,
    expected: StreamHead,
    events: readonly Recorded[],
    status: PoolStatusIndex | TriggerStatusIndex,
  ) => Promise<void>;
}

/** What the engine must know of a stream to run its decider. */
export interface StreamSpec<State, Input, Event extends DomainEvent> {
  readonly stream: string;
  readonly decider: Decider<State, Input, Event>;
  /** The next input that the state itself asks for, or undefined when nothing is left to draw from it. */
  readonly followUp: (state: State, at: number) => Promise<Input | undefined>;
  readonly effects: (state: State, recorded: Recorded<Event>, traceId: string) => Effect[];
  readonly freeze: (state: State) => unknown;
  readonly thaw: (frozen: unknown) => State;
  /** What is kept beside the stream: for lists of jobs or triggers, or for the admission to a pool. */
  readonly index?: (state: State) => JobStatusIndex | PoolStatusIndex | TriggerStatusIndex | undefined;
}

/** An input with its origin. `id` names the message, request or timer that brought it. */
export interface Envelope<Input> {
  readonly id: string;
  readonly actor: Actor;
  readonly input: Input;
  readonly traceId: string;
}

/** A stream folded up to `head`. */
export interface Live<State> {
  readonly state: State;
  readonly head: StreamHead;
  /** The trace that the first event of the stream belongs to. */
  readonly traceId: string | undefined;
  readonly snapshotSeq: number;
}

export interface EngineDeps {
  readonly journal: EngineJournal;
  readonly snapshots?: SnapshotStore;
  readonly clock: Clock;
  /** No other process writes these streams: what is held in memory is never behind the journal. */
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
}

/** Appends between two snapshots of a stream, in events. */
export const SNAPSHOT_EVERY = 500;
/** Reloads after another writer won, before the input goes back to its queue. */
const MAX_CONFLICTS = 5;

export interface StreamEngine<State, Input, Event extends DomainEvent> {
  /** Decides inputs in order with one conditional append, then performs what follows. */
  readonly handle: (
    spec: StreamSpec<State, Input, Event>,
    envelopes: readonly Envelope<Input>[],
  ) => Promise<readonly Recorded<Event>[]>;
  /** The current fold; from memory when this process holds it. */
  readonly load: (spec: StreamSpec<State, Input, Event>) => Promise<Live<State>>;
  readonly forget: (stream: string) => void;
}

export function createStreamEngine<State, Input, Event extends DomainEvent>(
  deps: EngineDeps,
): StreamEngine<State, Input, Event> {
  type Spec = StreamSpec<State, Input, Event>;
  const warm = new Map<string, Live<State>>();
  const inTurn = createTurns();

  async function load(spec: Spec): Promise<Live<State>> {
    const held = warm.get(spec.stream);
    if (held && deps.soleWriter) return held;
    // Another process may have written since: one read brings a held fold up to date. Without it an input that a
    // stale fold takes for late would vanish, as nothing is appended and no condition fails.
    const live = await catchUp(deps, spec, held ?? (await fromSnapshot(deps, spec)));
    warm.set(spec.stream, live);
    return live;
  }

  async function handle(
    spec: Spec,
    envelopes: readonly Envelope<Input>[],
  ): Promise<readonly Recorded<Event>[]> {
    const { recorded, effects, from } = await inTurn(spec.stream, () => decideAndAppend(spec, envelopes));
    const last = recorded.at(-1);
    // Outside of the turn: whoever performs an effect may want to see the stream.
    if (last) await deps.perform(effects, { stream: spec.stream, from, seq: last.seq });
    return recorded;
  }

  async function decideAndAppend(spec: Spec, envelopes: readonly Envelope<Input>[]): Promise<Decided<Event>> {
    for (let conflicts = 0; ; conflicts++) {
      try {
        return await tryOnce(spec, envelopes);
      } catch (error) {
        // The fold in memory has run ahead of the journal: drop it, whatever went wrong.
        warm.delete(spec.stream);
        if (!isRepriseError(error, 'VERSION_CONFLICT') || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  }

  async function tryOnce(spec: Spec, envelopes: readonly Envelope<Input>[]): Promise<Decided<Event>> {
    const live = await load(spec);
    const from = live.head.seq + 1;
    const decided = await decideAll(deps.clock, spec, live, envelopes);
    if (decided.recorded.length === 0) return { recorded: [], effects: [], from };
    await append(deps.journal, spec, live, decided.recorded);
    const head = headOf(decided.recorded) ?? live.head;
    let { snapshotSeq } = live;
    if (deps.snapshots && head.seq - snapshotSeq >= SNAPSHOT_EVERY) {
      snapshotSeq = head.seq;
      await deps.snapshots.save(spec.stream, {
        head,
        state: { traceId: decided.traceId, fold: spec.freeze(live.state) },
      });
    }
    warm.set(spec.stream, { state: live.state, head, traceId: decided.traceId, snapshotSeq });
    const effects = decided.recorded.flatMap((event) => spec.effects(live.state, event, decided.traceId));
    return { recorded: decided.recorded, effects, from };
  }

  return {
    handle,
    load: (spec) => inTurn(spec.stream, () => load(spec)),
    forget: (stream) => void warm.delete(stream),
  };
}

interface Decided<Event extends DomainEvent> {
  readonly recorded: readonly Recorded<Event>[];
  readonly effects: readonly Effect[];
  /** Sequence of the first of them. */
  readonly from: number;
}

async function append<State, Input, Event extends DomainEvent>(
  journal: EngineJournal,
  { stream, index }: StreamSpec<State, Input, Event>,
  { head, state }: Live<State>,
  events: readonly Recorded<Event>[],
): Promise<void> {
  const status = index?.(state);
  if (!status || !('kind' in status)) return journal.append(stream, head, events, status);
  if (journal.appendWithStatus) return journal.appendWithStatus(stream, head, events, status);
  return journal.append(stream, head, events);
}

async function decideAll<State, Input, Event extends DomainEvent>(
  clock: Clock,
  spec: StreamSpec<State, Input, Event>,
  live: Live<State>,
  envelopes: readonly Envelope<Input>[],
): Promise<{ recorded: Recorded<Event>[]; traceId: string }> {
  const recorded: Recorded<Event>[] = [];
  let { head } = live;
  let traceId = live.traceId;
  for (const envelope of envelopes) {
    traceId ??= envelope.traceId;
    const cause = { actor: envelope.actor, causeId: envelope.id, correlationId: spec.stream, traceId };
    for (let input: Input | undefined = envelope.input; input !== undefined; ) {
      const at = clock();
      const events: Recorded<Event>[] = record(spec.stream, head, spec.decider.decide(live.state, input), {
        at,
        ...cause,
      });
      const followsUp: boolean = events.length > 0 || input === envelope.input;
      for (const event of events) spec.decider.evolve(live.state, event as unknown as Event, at);
      recorded.push(...events);
      head = headOf(events) ?? head;
      input = followsUp ? await spec.followUp(live.state, at) : undefined;
    }
  }
  return { recorded, traceId: traceId ?? '' };
}

async function fromSnapshot<State, Input, Event extends DomainEvent>(
  deps: EngineDeps,
  spec: StreamSpec<State, Input, Event>,
): Promise<Live<State>> {
  const snapshot = await deps.snapshots?.load(spec.stream);
  if (!snapshot)
    return { state: spec.decider.initial(), head: EMPTY_HEAD, traceId: undefined, snapshotSeq: 0 };
  const { traceId, fold } = snapshot.state as { traceId: string; fold: unknown };
  return { state: spec.thaw(fold), head: snapshot.head, traceId, snapshotSeq: snapshot.head.seq };
}

async function catchUp<State, Input, Event extends DomainEvent>(
  deps: EngineDeps,
  spec: StreamSpec<State, Input, Event>,
  live: Live<State>,
): Promise<Live<State>> {
  let { head, traceId } = live;
  for await (const event of deps.journal.read(spec.stream, head.seq + 1)) {
    spec.decider.evolve(live.state, event as unknown as Event, event.at);
    traceId ??= event.traceId;
    head = { seq: event.seq, hash: event.hash };
  }
  return { ...live, head, traceId };
}

function headOf(events: readonly Recorded[]): StreamHead | undefined {
  const last = events.at(-1);
  return last && { seq: last.seq, hash: last.hash };
}
