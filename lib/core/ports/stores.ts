import type { Graph, Work } from '../dag/graph';
import type { MessageEnvelope } from '../engine/jobs';
import type { AttemptRef, JobStatusIndex, Outputs } from '../job/events';
import type { Failure } from '../model/failure';
import type { JobMessage, Submission } from '../messages/job';
import type { Parameters } from '../model/parameters';
import type { Recorded, StreamHead } from '../journal/envelope';
import type { PoolMessage } from '../messages/pool';
import type { TriggerSource } from '../messages/trigger-definition';
import type { TriggerMessage } from '../messages/trigger';
import type { TriggerStatus } from '../trigger/state';

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
  readonly toTrigger: (triggerId: string, message: TriggerMessage, id: string) => Promise<void>;
}

/** The clocks and event rules of triggers. */
export interface TriggerSources {
  /**
   * Makes the clock or rule of a trigger what `source` says; without one, takes it away. When it strikes, the trigger
   * hears `due` or `event`, at least once. Idempotent.
   */
  readonly arm: (triggerId: string, source: TriggerSource | undefined) => Promise<void>;
}

/** Submits jobs on behalf of triggers and events: at least once, and waits where a queue is full. */
export interface Submissions {
  readonly submit: (jobId: string, submission: Submission, id: string) => Promise<void>;
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
  /** What the job was told. */
  readonly parameters?: Parameters;
}

export type ExecutionStatus = 'unknown' | 'running' | 'finished';

/** What an executor reports about an attempt. */
export type AttemptReport =
  | { readonly type: 'started' }
  | { readonly type: 'progressed'; readonly percentage: number; readonly message?: string }
  | { readonly type: 'succeeded'; readonly durationMs: number; readonly outputs: Outputs }
  | { readonly type: 'failed'; readonly durationMs: number; readonly failure: Failure };

export type OnReport = (ref: ExecutionRef, report: AttemptReport) => void;

/** What a list shows of a job. */
export interface ListedJob extends JobStatusIndex {
  readonly jobId: string;
}

export interface ListQuery {
  readonly owner: string;
  readonly status?: string | undefined;
  /** Jobs at most. */
  readonly limit: number;
  /** From the answer before this one. */
  readonly cursor?: string | undefined;
}

/** The jobs of owners. */
export interface JobList {
  /** Newest first. May follow the journal with a lag, usually well under a second. */
  readonly list: (query: ListQuery) => Promise<{ jobs: ListedJob[]; cursor?: string }>;
  /** @throws RepriseError JOB_NOT_FOUND */
  readonly get: (jobId: string) => Promise<ListedJob>;
}

/** Takes inputs of jobs with an origin of their own: a person, a worker. */
export interface JobInbox {
  readonly sendToJob: (jobId: string, envelope: MessageEnvelope<JobMessage>) => Promise<void>;
}

/** What a list shows of a trigger. */
export interface ListedTrigger {
  readonly name: string;
  readonly status: TriggerStatus;
  readonly source: TriggerSource;
}

/** The triggers of owners, by name. May follow the journal with a lag. */
export interface TriggerList {
  readonly list: (owner: string) => Promise<readonly ListedTrigger[]>;
}
