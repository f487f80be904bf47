import type { Graph, Work } from './dag/graph';
import type { AttemptRef, JobStatusIndex, Outputs } from './job/events';
import type { Failure } from './job/failure';
import type { JobMessage } from './job/inputs';
import type { Recorded, StreamHead } from './journal/envelope';
import type { PoolMessage } from './scheduler/inputs';

/** Milliseconds since the epoch. */
export type Clock = () => number;
/** Uniform in [0, 1). */
export type Random = () => number;

/**
 * Append-only streams of events. An append is atomic per batch up to the adapter's transaction limit; a batch
 * beyond it lands as a prefix, which the deciders tolerate (what is missing is decided again).
 */
export interface JournalStore {
  /** Where the stream ends; `EMPTY_HEAD` when it does not exist. */
  readonly head: (stream: string) => Promise<StreamHead>;
  /** Events from `fromSeq` (default 1) in order. */
  readonly read: (stream: string, fromSeq?: number) => AsyncIterable<Recorded>;
  /**
   * Appends events chained to `expected`. Durable when it resolves.
   * @param index what lists of jobs show; only for streams of jobs.
   * @throws RepriseError VERSION_CONFLICT when the stream does not end at `expected`; nothing is written then.
   */
  readonly append: (
    stream: string,
    expected: StreamHead,
    events: readonly Recorded[],
    index?: JobStatusIndex,
  ) => Promise<void>;
}

/** A cache of folds. Losing it costs time, never truth. */
export interface SnapshotStore {
  readonly load: (stream: string) => Promise<Snapshot | undefined>;
  readonly save: (stream: string, snapshot: Snapshot) => Promise<void>;
}

export interface Snapshot {
  readonly head: StreamHead;
  /** Plain JSON. */
  readonly state: unknown;
}

/** Graphs by content hash. */
export interface GraphStore {
  readonly put: (hash: string, graph: Graph) => Promise<void>;
  /** @throws RepriseError GRAPH_NOT_FOUND */
  readonly get: (hash: string) => Promise<Graph>;
}

/** Where inputs of jobs and pools go: one at a time per job or pool, in order, at least once. */
export interface InputQueues {
  readonly toJob: (jobId: string, message: JobMessage, id: string) => Promise<void>;
  readonly toPool: (poolId: string, message: PoolMessage, id: string) => Promise<void>;
}

/** Delivers an input of a job at a time, at least once, after a crash too. */
export interface Timers {
  /** @param dueAt milliseconds since the epoch. */
  readonly schedule: (jobId: string, message: JobMessage, dueAt: number, id: string) => Promise<void>;
}

/** Walks the compiled plan and enters nodes. Every call is idempotent. */
export interface Workflow {
  readonly start: (jobId: string, graphHash: string) => Promise<void>;
  /** Tells the workflow that a node's fate is final, so that what follows it is entered. */
  readonly answerNode: (jobId: string, answer: NodeAnswer) => Promise<void>;
  /** Tells the workflow how the job ended. */
  readonly answerOutcome: (
    jobId: string,
    token: string,
    status: 'succeeded' | 'failed' | 'cancelled',
  ) => Promise<void>;
  /** Ends a workflow whose job was cancelled. */
  readonly stop: (jobId: string, reason: string) => Promise<void>;
}

export interface NodeAnswer {
  readonly nodeId: string;
  readonly outcome: 'succeeded' | 'failed' | 'skipped' | 'cancelled';
  readonly reason?: string;
  readonly token?: string;
}

/** Events for the world outside: at least once, `id` is the same every time. */
export interface EventPublisher {
  readonly publish: (event: PublicEvent) => Promise<void>;
}

export interface PublicEvent {
  readonly id: string;
  /** Such as `orchestration.execution.started`. */
  readonly type: string;
  readonly at: number;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * The Test Execution Engine: runs attempts and reports each through callbacks (`OnReport`).
 * `submit` is idempotent by job, node and attempt, across restarts of the engine too: an attempt runs once.
 */
export interface TestExecutionEngine {
  readonly submit: (request: ExecutionRequest) => Promise<void>;
  readonly status: (ref: ExecutionRef) => Promise<ExecutionStatus>;
  readonly cancel: (ref: ExecutionRef, reason: string) => Promise<void>;
  readonly results: (ref: ExecutionRef) => Promise<AttemptReport | undefined>;
}

export interface ExecutionRef extends AttemptRef {
  readonly jobId: string;
}

export interface ExecutionRequest extends ExecutionRef {
  readonly work: Work;
  readonly timeoutMs: number;
  readonly traceId: string;
}

export type ExecutionStatus = 'unknown' | 'running' | 'finished';

/** What an executor reports about an attempt. */
export type AttemptReport =
  | { readonly type: 'started' }
  | { readonly type: 'progressed'; readonly percentage: number; readonly message?: string }
  | { readonly type: 'succeeded'; readonly durationMs: number; readonly outputs: Outputs }
  | { readonly type: 'failed'; readonly durationMs: number; readonly failure: Failure };

export type OnReport = (ref: ExecutionRef, report: AttemptReport) => void;
