import type { Graph } from '../../core/dag/graph';
import type { JobEvent } from '../../core/job/events';
import type { Recorded } from '../../core/journal/envelope';
import type { Address } from '../../core/messages/address';
import type { Effect } from '../../core/messages/effect';
import type { Snapshot } from '../../core/ports/stores';
import type { StreamReader } from '../../core/ports/streams';
import type { Listing } from '../../core/projections/listing';
import type { PoolEvent } from '../../core/scheduler/events';
import type { Fault } from '../faults';
import type { Watcher } from '../world/watch';
import type { World } from '../world/world';

/** A promise that was not kept. */
export interface Violation {
  readonly invariant: string;
  /** What is wrong, in words. */
  readonly detail: string;
  /** Milliseconds of virtual time. */
  readonly at: number;
}

/** What an invariant is given. */
export interface Given {
  readonly graphOf: (hash: string) => Graph;
  readonly broken: (detail: string) => void;
  /** What is not older than this the reconciler takes for under way, milliseconds. */
  readonly graceMs: number;
  /** What has gone wrong so far. */
  readonly struck: () => readonly Fault[];
}

export interface Invariant {
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly says: string;
  /** Watches a world as it goes. */
  readonly watch?: (given: Given) => Watcher;
  /** Looks at a world that has come to rest. */
  readonly atEnd?: (world: Rest, given: Given) => Promise<void> | void;
}

/** A world that has come to rest, or was given time enough. */
export interface Rest extends Pick<World, 'journal' | 'snapshots' | 'processes' | 'scenario'> {
  /** Whether it came to rest by itself. */
  readonly isAtRest: boolean;
  /** What has been performed, by `performedAs`. */
  readonly performed: ReadonlySet<string>;
  /** The latest listing of each stream. */
  readonly listings: ReadonlyMap<string, Listing>;
  /** The fold of a stream by an engine that holds nothing: from its first event, or from a snapshot. */
  readonly replayed: (at: Address, from?: Snapshot) => Promise<Snapshot>;
  readonly view: StreamReader['view'];
  readonly effectsOf: (stream: string, events: readonly Recorded[]) => Promise<readonly Effect[]>;
  /** What lists should show of a stream. */
  readonly listingOf: (at: Address) => Promise<Listing | undefined>;
}

/** Hears the events of streams of one kind. */
export function onEvents<E extends JobEvent | PoolEvent>(
  kind: 'job' | 'pool',
  hear: (event: Recorded<E>, id: string) => void,
): Watcher {
  const prefix = `${kind}/`;
  return {
    appended(stream, events) {
      if (!stream.startsWith(prefix)) return;
      for (const event of events) hear(event as Recorded<E>, stream.slice(prefix.length));
    },
  };
}
