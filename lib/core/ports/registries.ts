import type { LetterStatus } from '../dlq/state';
import type { LetterKind } from '../messages/letter';
import type { Worker } from '../messages/pool';
import type { FailureClass } from '../model/failure';
import type {
  DependencyListing,
  JobListing,
  LetterListing,
  PoolListing,
  TriggerListing,
} from '../projections/listing';

/** What a list shows of a job. */
export type ListedJob = Omit<JobListing, 'kind'> & { readonly jobId: string };

export interface ListQuery {
  readonly owner: string;
  /** Jobs of others that are shared with `owner`, in place of those of `owner`. A page of them may have fewer than `limit`. */
  readonly shared?: true;
  readonly status?: string | undefined;
  /** Jobs at most. */
  readonly limit: number;
  /** From the answer before this one. It names a place in a list and no list: whose jobs are shown, `owner` says. */
  readonly cursor?: string | undefined;
  /** The oldest first, in place of the newest. */
  readonly oldestFirst?: boolean;
}

/** The jobs of owners. */
export interface JobList {
  /**
   * Newest first, if nothing else is asked for. May follow the journal with a lag, usually well under a second. Page by page every job is shown once,
   * whatever is submitted meanwhile; the last page has no cursor.
   * @throws RepriseError INPUT_INVALID for a cursor that is none.
   */
  readonly list: (query: ListQuery) => Promise<{ jobs: ListedJob[]; cursor?: string }>;
  /** How many of an owner's jobs have a status, counted up to `atMost`. */
  readonly count: (of: { owner: string; status: string; atMost: number }) => Promise<number>;
  /** @throws RepriseError JOB_NOT_FOUND */
  readonly get: (jobId: string) => Promise<ListedJob>;
}

/** What a list shows of a trigger. */
export type ListedTrigger = Pick<TriggerListing, 'name' | 'status' | 'source'>;

/** The triggers of owners, by name. May follow the journal with a lag. */
export interface TriggerList {
  readonly list: (owner: string) => Promise<readonly ListedTrigger[]>;
}

/** What a list shows of a dependency. */
export type ListedDependency = Omit<DependencyListing, 'kind'> & { readonly name: string };

/** The dependencies of the engine that work names or named, by name. May follow the journal with a lag. */
export interface DependencyList {
  readonly list: () => Promise<readonly ListedDependency[]>;
}

/** A heartbeat: when it came, and when the worker promised the next one. Milliseconds since the epoch. */
export interface Beat {
  readonly at: number;
  readonly due: number;
}

/** What a list shows of a group of letters. */
export type ListedLetters = Omit<LetterListing, 'kind'> & { readonly group: string };

export interface LetterQuery {
  readonly owner: string;
  readonly status?: LetterStatus | undefined;
  readonly class?: FailureClass | undefined;
  readonly kind?: LetterKind | undefined;
  /** Groups at most. */
  readonly limit: number;
  /** From the answer before this one; it names a place in a list and no list. */
  readonly cursor?: string | undefined;
  /** The group whose last letter was parked first comes first, in place of the other way round. */
  readonly oldestFirst?: boolean;
}

/** The letters of owners, by group. */
export interface LetterList {
  /**
   * The group in which a letter was parked last comes first. May follow the journal with a lag; the last page has no
   * cursor. A group whose next letter is parked meanwhile moves to the front, and a page after it may not show it.
   * @throws RepriseError INPUT_INVALID for a cursor that is none.
   */
  readonly list: (query: LetterQuery) => Promise<{ groups: ListedLetters[]; cursor?: string }>;
}

/** A worker as it last spoke. Times in milliseconds since the epoch. */
export interface RegisteredWorker extends Worker {
  readonly lastSeenAt: number;
  /** When it is to be heard of again; absent of one that an earlier version registered, as are `beats`. */
  readonly dueAt?: number;
  /** Its latest heartbeats, latest first, as many as the detector needs; filled up with its registration. */
  readonly beats?: readonly Beat[];
  /** Attempts it said it runs. */
  readonly running: number;
  /** It said that it takes nothing new. */
  readonly draining?: boolean;
  /** Held for lost since then: its heartbeats are refused until it registers anew. */
  readonly lostAt?: number;
  /** Subject of the token with which it registered: nobody else speaks for it until it is forgotten. */
  readonly registeredBy?: string;
  /** The connection over which it last spoke, while that stands; one that serves an endpoint has none. */
  readonly connectionId?: string;
}

/** What became of a registration. */
export interface Registered {
  /** The registration that it took the place of, of whichever process; absent where there was none. */
  readonly replaced?: string;
}

export interface Heartbeat {
  readonly at: number;
  /** When the next one comes at the latest, as the worker promises. */
  readonly dueAt: number;
  readonly running: number;
  readonly draining: boolean;
  readonly subject: string;
  /** Of the process that speaks; one that leaves it out speaks for any of its own. */
  readonly registration?: string;
  /** Where it speaks over a connection: attempts are handed to it there from then on. */
  readonly connectionId?: string;
}

/** Which workers a pool has and when each was last heard of. The pool's journal holds what they work on. */
export interface WorkerRegistry {
  /**
   * Binds the id of a worker to a subject, or registers it anew for the same one.
   * @returns undefined, and changes nothing, when the id is somebody else's. It is free again once `remove` forgot it.
   */
  readonly register: (
    poolId: string,
    worker: Worker,
    by: { subject: string } & Beat,
  ) => Promise<Registered | undefined>;
  /**
   * @returns the worker as it was before; undefined when it is not registered so, by this subject, or is held for lost.
   * One write, but for a worker that an earlier version registered.
   */
  readonly heartbeat: (
    poolId: string,
    workerId: string,
    beat: Heartbeat,
  ) => Promise<RegisteredWorker | undefined>;
  readonly find: (poolId: string, workerId: string) => Promise<RegisteredWorker | undefined>;
  /**
   * A connection has closed: the worker is to be heard of again at once. That of a worker which speaks over another by
   * now changes nothing.
   */
  readonly disconnect: (
    poolId: string,
    workerId: string,
    of: { connectionId: string; at: number },
  ) => Promise<void>;
  readonly list: (poolId: string) => Promise<RegisteredWorker[]>;
  /** Holds a worker for lost unless it was heard of since `lastSeenAt`. @returns whether it is held for lost now. */
  readonly markLost: (
    poolId: string,
    workerId: string,
    since: { lastSeenAt: number; at: number },
  ) => Promise<boolean>;
  /** Forgets a worker that is held for lost. */
  readonly remove: (poolId: string, workerId: string) => Promise<void>;
}

/** When the sweeper ran: that it does, steadily, is what the engine knows of its own health. */
export interface Sweeps {
  /**
   * Records a sweep.
   * @param at milliseconds since the epoch.
   * @returns since when sweeps come without a gap, `at` where this is the first after one.
   */
  readonly record: (at: number) => Promise<number>;
}

/** What workers answered to calls over their connections, from whoever hears it to whoever called. */
export interface WorkerAnswers {
  /** @param callId from the call; unknown to everyone but the worker that was called. */
  readonly put: (
    workerKey: WorkerKey,
    callId: string,
    answer: { status: number; at: number; told?: string },
  ) => Promise<void>;
  /** @returns the status that was answered, undefined while there is none. */
  readonly get: (workerKey: WorkerKey, callId: string) => Promise<number | undefined>;
  /** What was answered beside the status, as text. */
  readonly told: (workerKey: WorkerKey, callId: string) => Promise<string | undefined>;
}

export interface WorkerKey {
  readonly pool: string;
  readonly workerId: string;
}

/** The queue of jobs of a pool, as whoever submits sees it. */
export type PoolQueue = Omit<PoolListing, 'kind'>;

/** The queues of jobs, without the fold of their pool. */
export interface PoolQueues {
  /** As of the pool's last append that changed it; open and empty before the first. */
  readonly get: (poolId: string) => Promise<PoolQueue>;
  /** Takes the right to say that the queue is full. @returns false when that was said within `quietMs`. */
  readonly mayAnnounce: (poolId: string, at: number, quietMs: number) => Promise<boolean>;
}
