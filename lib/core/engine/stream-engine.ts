import { isRepriseError } from '../errors';
import { type DomainEvent, type Recorded, record, type StreamHead } from '../journal/envelope';
import type { Effect } from '../messages/effect';
import type { Origin } from '../messages/envelope';
import { readOnly } from '../model/read-only';
import type { Clock } from '../model/time';
import type { Listing } from '../projections/listing';
import type { Measurement } from '../projections/metrics';
import { createHeldFolds, type FoldDeps, type HeldFolds, type Live, SNAPSHOT_EVERY } from './held-folds';
import type { OpenStream } from './kind';
import { createTurns } from './turns';

/** An input with where it comes from. */
export interface InputEnvelope<Input> extends Origin {
  readonly input: Input;
}

export interface EngineDeps extends FoldDeps {
  readonly clock: Clock;
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

/** Reloads after another writer won, before the input goes back to its queue. */
const MAX_CONFLICTS = 5;
/** Looks in a row that found nothing of another writer, after which a process takes itself for the only one. */
const ALONE_AFTER = 16;

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
  const folds = createHeldFolds(deps);
  const decide = createDeciding(deps, folds);
  const inTurn = createTurns();

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
        return await appended(open, await decide(open, envelopes, conflicts > 0));
      } catch (error) {
        // The fold in memory has run ahead of the journal: drop it, whatever went wrong.
        folds.drop(open.stream);
        if (!isRepriseError(error, 'VERSION_CONFLICT') || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  }

  async function appended<S, I, E extends DomainEvent>(
    open: OpenStream<S, I, E>,
    { live, recorded, traceId, measurements }: Decision<S, E>,
  ): Promise<Decided<E>> {
    const { state } = live;
    const from = live.head.seq + 1;
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
    folds.hold(open, { state, head, traceId, snapshotSeq });
    const effects = recorded.flatMap((event) => open.effects(readOnly(state), event, traceId));
    return { recorded, effects, from };
  }

  return {
    handle,
    load: (open) => inTurn(open.stream, () => folds.load(open)),
    held: (stream) => folds.peek(stream)?.state,
    forget: folds.drop,
  };
}

/**
 * Decides inputs on the fold of their stream. A process that has met no other one for a while decides on the fold as it holds it, and
 * leaves it to the append to find that it is behind: that saves the read before each append.
 * @returns decides; `isBehind`: as the append has just found.
 */
function createDeciding(deps: EngineDeps, folds: HeldFolds) {
  /** Looks in a row at streams that this process held which found nothing of another one. */
  let quietLooks = 0;

  async function unseen<S, I, E extends DomainEvent>(
    open: OpenStream<S, I, E>,
    envelopes: readonly InputEnvelope<I>[],
  ): Promise<Decision<S, E> | undefined> {
    const live = await folds.recall(open);
    if (!live) return undefined;
    try {
      const decision = await decideAll(deps, open, live, envelopes);
      // What comes to nothing may do so because the fold is behind. With one event, the append says of all that it was not.
      return decision.recorded.length > 0 ? decision : undefined;
    } catch {
      folds.drop(open.stream);
      return undefined;
    }
  }

  async function seen<S, I, E extends DomainEvent>(
    open: OpenStream<S, I, E>,
    envelopes: readonly InputEnvelope<I>[],
  ): Promise<Decision<S, E>> {
    const before = folds.peek(open.stream)?.head.seq;
    const live = await folds.load(open);
    if (before !== undefined) quietLooks = live.head.seq === before ? quietLooks + 1 : 0;
    return decideAll(deps, open, live, envelopes);
  }

  return async <S, I, E extends DomainEvent>(
    open: OpenStream<S, I, E>,
    envelopes: readonly InputEnvelope<I>[],
    isBehind: boolean,
  ): Promise<Decision<S, E>> => {
    if (isBehind) quietLooks = 0;
    const isAlone = !deps.soleWriter && quietLooks >= ALONE_AFTER;
    return (isAlone ? await unseen(open, envelopes) : undefined) ?? seen(open, envelopes);
  };
}

/** What inputs come to, and the fold that they were decided on, as it was in the journal. */
interface Decision<State, Event extends DomainEvent> {
  readonly live: Live<State>;
  readonly recorded: readonly Recorded<Event>[];
  readonly traceId: string;
  readonly measurements: readonly Measurement[];
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
): Promise<Decision<S, E>> {
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
  return { live, recorded, traceId: traceId ?? '', measurements };
}

function headOf(events: readonly Recorded[]): StreamHead | undefined {
  const last = events.at(-1);
  return last && { seq: last.seq, hash: last.hash };
}
