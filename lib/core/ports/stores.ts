import type { Graph } from '../dag/graph';
import type { Recorded, StreamHead } from '../journal/envelope';
import type { Listing } from '../projections/listing';

/**
 * Append-only streams of events. An append is atomic per batch up to the adapter's transaction limit; a batch
 * beyond it lands as a prefix, which the deciders tolerate (what is missing is decided again).
 */
export interface JournalStore {
  /** Where the stream ends; `EMPTY_HEAD` when it does not exist. */
  readonly head: (stream: string) => Promise<StreamHead>;
  /** Events from `fromSeq` (default 1) in order, each in its newest shape. @throws RepriseError JOURNAL_NEWER */
  readonly read: (stream: string, fromSeq?: number) => AsyncIterable<Recorded>;
  /** The same as they were written, which is what their hashes are of. */
  readonly written: (stream: string, fromSeq?: number) => AsyncIterable<Recorded>;
  /**
   * Appends events chained to `expected`. Durable when it resolves.
   * @param listing what lists show of the stream from now on, where these events change it: entered together with them.
   * @throws RepriseError VERSION_CONFLICT when the stream does not end at `expected`; nothing is written then.
   */
  readonly append: (
    stream: string,
    expected: StreamHead,
    events: readonly Recorded[],
    listing?: Listing,
  ) => Promise<void>;
}

/** A journal that also keeps how far the effects of a stream have been performed. */
export interface OutboxJournal extends JournalStore {
  /**
   * Notes that the effects of events `from` to `to` are performed. The mark says "everything up to here", so it never passes
   * over a gap: what lies behind one it passes once the gap is closed, where that was kept.
   * @returns whether everything up to `to` is now known to be performed.
   */
  readonly confirm: (stream: string, from: number, to: number) => Promise<boolean>;
  /** The last event up to which every effect is performed; 0 when none is known to be. */
  readonly confirmed: (stream: string) => Promise<number>;
}

/** A cache of folds. Losing it costs time, never truth. */
export interface SnapshotStore {
  readonly load: (stream: string) => Promise<Snapshot | undefined>;
  readonly save: (stream: string, snapshot: Snapshot) => Promise<void>;
}

export interface Snapshot {
  readonly head: StreamHead;
  /** Name and version of the fold that made it, such as `job/1`. */
  readonly fold: string;
  /** The trace that the first event of the stream belongs to. */
  readonly traceId: string;
  /** Plain JSON. */
  readonly state: unknown;
}

/** Graphs by content hash. */
export interface GraphStore {
  readonly put: (hash: string, graph: Graph) => Promise<void>;
  /** @throws RepriseError GRAPH_NOT_FOUND */
  readonly get: (hash: string) => Promise<Graph>;
}
