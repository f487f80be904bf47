import { LRUCache } from 'lru-cache';
import { type DomainEvent, EMPTY_HEAD, type Recorded, type StreamHead } from '../journal/envelope';
import { LIMITS } from '../limits';
import { readOnly } from '../model/read-only';
import type { JournalStore, SnapshotStore } from '../ports/stores';
import type { FoldSpec, OpenStream } from './kind';

/** A stream folded up to `head`, as this process holds it: the state changes in place. */
export interface Live<State> {
  readonly state: State;
  readonly head: StreamHead;
  /** The trace that the first event of the stream belongs to. */
  readonly traceId: string | undefined;
  readonly snapshotSeq: number;
}

/** Events between two snapshots of a stream, or as many as its fold has nodes: a large one is dear to write. */
export const SNAPSHOT_EVERY = 500;

export interface FoldDeps {
  readonly journal: JournalStore;
  readonly snapshots?: SnapshotStore;
  /** No other process writes these streams: what is held in memory is never behind the journal, and never given up. */
  readonly soleWriter?: boolean;
}

/** The folds that a process holds, and what they were read from. */
export interface HeldFolds {
  /** As it is held, which may be behind the journal; undefined where it is not. */
  readonly recall: <S, I, E extends DomainEvent>(open: OpenStream<S, I, E>) => Promise<Live<S> | undefined>;
  /** As the journal has it; a sole writer's as it is held. */
  readonly load: <S, I, E extends DomainEvent>(open: OpenStream<S, I, E>) => Promise<Live<S>>;
  readonly hold: <S, I, E extends DomainEvent>(open: OpenStream<S, I, E>, live: Live<S>) => void;
  /** As it is held, for a look. */
  readonly peek: (stream: string) => Live<unknown> | undefined;
  readonly drop: (stream: string) => void;
}

export function createHeldFolds(deps: FoldDeps): HeldFolds {
  const warm = createWarmFolds(deps.soleWriter === true);

  async function recall<S, I, E extends DomainEvent>(
    open: OpenStream<S, I, E>,
  ): Promise<Live<S> | undefined> {
    const held = warm.get(open.stream) as Live<S> | undefined;
    if (held) await open.ready?.({ state: readOnly(held.state) });
    return held;
  }

  function hold<S, I, E extends DomainEvent>({ stream, fold }: OpenStream<S, I, E>, live: Live<S>): void {
    warm.set(stream, live, fold.weight(readOnly(live.state)));
  }

  return {
    recall,
    async load(open) {
      const held = await recall(open);
      if (held && deps.soleWriter) return held;
      // Another process may have written since: one read brings a held fold up to date. Without it an input that a
      // stale fold takes for late would vanish, as nothing is appended and no condition fails.
      const live = await catchUp(deps, open, held ?? (await fromSnapshot(deps, open)));
      hold(open, live);
      return live;
    },
    hold,
    peek: warm.get,
    drop: (stream) => void warm.delete(stream),
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

async function fromSnapshot<S, I, E extends DomainEvent>(
  { snapshots }: FoldDeps,
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
  { journal }: FoldDeps,
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
