import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { refusalOf } from '../../client/exchange';
import { toCallback } from '../../contract/execution-wire';
import type { GraphSummary, GraphView } from '../../contract/graphs';
import type { JobEventsResponse, JobView, SubmitJobRequest, SubmitJobResponse } from '../../contract/jobs';
import type { changeQueueRequest, QueueView } from '../../contract/queues';
import type { RegisterWorkerRequest, registerWorkerResponse } from '../../contract/workers';
import type { RepriseError } from '../../core/errors';
import type { AttemptReport } from '../../core/messages/report';
import { type AttemptRef, attemptKey } from '../../core/model/attempt';
import { present } from '../../core/model/present';
import type { Priority } from '../../core/model/priority';
import { type ApiCallerOptions, createApiCaller } from './api-caller';
import { wholeJob } from './whole-job';

export interface EngineClientOptions {
  /** Address of the API, with the path of its stage when it has one. */
  readonly api: string;
  /** The caller's JWT. */
  readonly token: string;
  /** For each try, milliseconds; 10,000 by default. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
  /** How retryable failures are retried; for 30 s by default, callbacks for as long as it takes. */
  readonly retry?: Partial<ApiCallerOptions['retry']>;
}

/** Which attempt a report speaks for, and what proves it. */
export interface CallbackOrigin {
  readonly ref: AttemptRef;
  readonly attemptToken: string;
}

/** A report, and for which attempt it speaks. */
export interface OriginatedReport {
  readonly origin: CallbackOrigin;
  readonly report: AttemptReport;
}

/** The REST API of the engine. Every call may be repeated without harm, and is, while it fails retryably. */
export interface EngineClient {
  /** @param idempotencyKey submissions with the same key are one job; a fresh key by default. */
  readonly submitJob: (request: SubmitJobRequest, idempotencyKey?: string) => Promise<SubmitJobResponse>;
  /** Compiles a graph and makes its state machines; repeated, it finds them. */
  readonly registerGraph: (executionGraph: Readonly<Record<string, unknown>>) => Promise<GraphSummary>;
  /** @param machine whose definition is wanted as well, such as `root`. */
  readonly getGraph: (hash: string, machine?: string) => Promise<GraphView>;
  /** The whole job, page by page where it has more nodes than one answer holds. */
  readonly getJob: (jobId: string) => Promise<JobView>;
  /** One page of events from this sequence on; `next_from` is where the next one begins. */
  readonly listEvents: (jobId: string, from?: number) => Promise<JobEventsResponse>;
  readonly cancelJob: (jobId: string, reason: string) => Promise<void>;
  /** Hands out nothing more of the job until it is unpaused; what runs goes on. */
  readonly pauseJob: (jobId: string, reason: string) => Promise<void>;
  readonly unpauseJob: (jobId: string, reason: string) => Promise<void>;
  readonly setPriority: (jobId: string, priority: Priority) => Promise<void>;
  readonly getQueue: (pool: string) => Promise<QueueView>;
  /** For administrators; what is left out stays as it is. */
  readonly changeQueue: (pool: string, change: z.input<typeof changeQueueRequest>) => Promise<void>;
  readonly registerWorker: (
    request: RegisterWorkerRequest,
  ) => Promise<z.output<typeof registerWorkerResponse>>;
  /** @throws RepriseError WORKER_NOT_FOUND when the engine holds the worker for lost. */
  readonly heartbeat: (workerId: string, beat: Heartbeat) => Promise<Heard>;
  /**
   * Reports of attempts of one worker, `MAX_REPORTS` at most; tried again for as long as it takes to be heard.
   * @returns in their order why each was not taken, undefined where it was.
   */
  readonly report: (
    workerId: string,
    reports: readonly OriginatedReport[],
  ) => Promise<readonly (RepriseError | undefined)[]>;
}

export interface Heartbeat {
  readonly pool: string;
  readonly running: number;
  readonly draining?: boolean;
  /** As the registration was answered. */
  readonly registration?: string;
  /** In so many seconds at the latest the next one comes. */
  readonly next_seconds?: number;
}

/** What a heartbeat is answered. */
export interface Heard {
  /** How long the worker may be silent while it has nothing to do, where that changes. */
  readonly idleSeconds?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_RETRY_MS = 30_000;
/** The engine counts on the next heartbeat soon after one that did not get through. */
const HEARTBEAT_TIMEOUT_MS = 5_000;

export function createEngineClient(options: EngineClientOptions): EngineClient {
  const ask = createApiCaller({
    api: options.api,
    token: options.token,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    retry: { forMs: DEFAULT_RETRY_MS, ...options.retry },
    fetch: options.fetch,
  });

  return {
    submitJob: (body, key = randomUUID()) =>
      ask('submitJob', { body }, { headers: { 'idempotency-key': key } }),
    registerGraph: (graph) => ask('registerGraph', { body: { execution_graph: graph } }),
    getGraph: (hash, machine) => ask('getGraph', { path: { hash }, query: present({ machine }) }),
    getJob: (jobId) => wholeJob(ask, jobId),
    listEvents: (jobId, from = 1) => ask('getJobEvents', { path: { jobId }, query: { from } }),
    cancelJob: (jobId, reason) => done(ask('cancelJob', { path: { jobId }, body: { reason } })),
    pauseJob: (jobId, reason) => done(ask('pauseJob', { path: { jobId }, body: { reason } })),
    unpauseJob: (jobId, reason) => done(ask('unpauseJob', { path: { jobId }, body: { reason } })),
    setPriority: (jobId, priority) => done(ask('setJobPriority', { path: { jobId }, body: { priority } })),
    getQueue: (pool) => ask('getQueue', { path: { pool } }),
    changeQueue: (pool, change) => done(ask('changeQueue', { path: { pool }, body: change })),
    registerWorker: (body) => ask('registerWorker', { body }),
    async heartbeat(workerId, body) {
      // The next one is the retry.
      await ask('heartbeat', { path: { workerId }, body }, { forMs: 0, timeoutMs: HEARTBEAT_TIMEOUT_MS });
      return {};
    },
    async report(workerId, reports) {
      const body = { reports: reports.map(({ origin, report }) => reportBody(workerId, origin, report)) };
      const forMs = Number.POSITIVE_INFINITY;
      const { results } = await ask('reportAttempts', { path: { workerId }, body }, { forMs });
      return reports.map(({ origin: { ref } }, i) => {
        const { status, error: told } = results[i] ?? { status: 502 };
        if (status === 202) return undefined;
        return refusalOf(`the report of ${attemptKey(ref)}`, {
          status,
          told: told ?? { detail: 'no reason' },
        });
      });
    },
  };
}

const done = async (call: Promise<unknown>): Promise<void> => void (await call);

function reportBody(workerId: string, { ref, attemptToken }: CallbackOrigin, report: AttemptReport) {
  const { jobId: job_id, nodeId: node_id, attempt } = ref;
  return { job_id, node_id, attempt, attempt_token: attemptToken, ...toCallback(report, workerId) };
}
