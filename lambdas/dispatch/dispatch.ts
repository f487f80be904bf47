import type { DispatchBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { Taken, TestExecutionClient } from '../../lib/adapters/http/test-execution-client';
import { attemptToken, dispatchToken } from '../../lib/core/access/attempt-token';
import { isRepriseError, isRetryable, RepriseError } from '../../lib/core/errors';
import { jobAt, poolAt } from '../../lib/core/messages/address';
import { callbackId, reportMessage } from '../../lib/core/messages/report';
import { tracedWork } from '../../lib/core/messages/traced-work';
import type { AttemptRef } from '../../lib/core/model/attempt';
import { present } from '../../lib/core/model/present';
import type { Timing } from '../../lib/core/model/time';
import type { Work } from '../../lib/core/model/work';
import type { Log } from '../../lib/core/ports/log';
import type { GraphStore } from '../../lib/core/ports/stores';
import type { StreamSender } from '../../lib/core/ports/streams';
import { retrying } from '../../lib/core/retry/retrying';
import { observing } from './observing';

/** How a worker is addressed: as it registered, and what proves us to it and its callbacks to us. */
export interface WorkerAddress {
  readonly pool: string;
  readonly workerId: string;
  readonly registration?: string;
  /** Where it serves; one without pulls, over the connection that it keeps. */
  readonly endpoint?: string;
  readonly dispatchToken: string;
  readonly attemptToken: string;
}

export interface DispatchDeps {
  readonly graphs: Pick<GraphStore, 'get'>;
  readonly streams: StreamSender;
  readonly secret: () => Promise<string>;
  readonly connect: (address: WorkerAddress) => Pick<TestExecutionClient, 'take' | 'cancel'>;
  readonly timing: Timing;
  /** Hears what a worker answered; the journal of the job does not. */
  readonly log: Pick<Log, 'warn'>;
  readonly onDispatch: (outcome: 'dispatched' | 'refused') => void;
}

type Dispatch = Extract<DispatchBody, { kind: 'dispatch' }>;
type Cancel = Extract<DispatchBody, { kind: 'cancel' }>;

/** A worker that does not answer at the third try gives its work to another. */
const ATTEMPTS = 3;
/** However long the worker asks us to wait: this function's own time is shorter than that may be. */
const PATIENCE_MS = 5_000;
const BACKOFF = { strategy: 'exponential', initialDelayMs: 400, maxDelayMs: 1_200, jitter: 'equal' } as const;

/** Hands an attempt to its worker, or stops one there. Either may happen again: both are idempotent. */
export function createDispatch(deps: DispatchDeps): (message: DispatchBody) => Promise<void> {
  return (message) => (message.kind === 'dispatch' ? dispatch(deps, message) : cancel(deps, message));
}

async function dispatch(deps: DispatchDeps, message: Dispatch): Promise<void> {
  const { jobId, nodeId, attempt, timeoutMs, traceId, graphHash, parameters, tests } = message.work;
  const whole = message.work.work ?? (await workOf(deps.graphs, graphHash, nodeId));
  const work = { ...tracedWork(whole, message.work), ...present({ tests }) };
  const engine = deps.connect(await addressOf(deps, message));
  let taken: Taken;
  try {
    const request = { jobId, nodeId, attempt, work, timeoutMs, traceId, ...present({ parameters }) };
    const { streams, timing } = deps;
    taken = await observing({ streams, clock: timing.clock }, message, () =>
      patiently(deps, () => engine.take(request)),
    );
    deps.onDispatch('dispatched');
  } catch (error) {
    // The queue brings it again: a worker is not to blame for what we cannot do.
    if (isRepriseError(error) && error.context['isOurs'] === true) throw error;
    deps.log.warn('an attempt was not taken', { jobId, nodeId, attempt, traceId, error: error as Error });
    // What goes over a connection may come late, and in order: this undoes it. Best effort, as the worker may be gone.
    if (message.endpoint === undefined && isUnanswered(error)) {
      await engine
        .cancel(message.work, 'the engine gave the attempt to another worker')
        .catch(() => undefined);
    }
    const reason = `${message.workerId} did not take the attempt: ${whyNot(error)}`;
    const { workerId, pool } = message;
    await deps.streams.send(
      { to: poolAt(pool), message: { type: 'dispatchFailed', jobId, nodeId, attempt, workerId, reason } },
      { id: `${message.id}/refused`, actor: { kind: 'engine', id: 'dispatch' }, traceId },
    );
    deps.onDispatch('refused');
    return;
  }
  // A message that comes again asks the worker again, and is answered alike.
  if (taken === 'started') await reportStart(deps.streams, message.work, message.workerId);
}

/** What a worker says in its answer, told to the job as the worker's own report would be. */
async function reportStart(streams: StreamSender, work: DispatchedWork, workerId: string): Promise<void> {
  const { jobId, traceId } = work;
  await streams.send(
    { to: jobAt(jobId), message: reportMessage(work, { type: 'started' }, workerId) },
    {
      id: callbackId(work, 'started'),
      actor: { kind: 'worker', id: workerId },
      traceId,
    },
  );
}

type DispatchedWork = AttemptRef & { readonly traceId: string };

/**
 * In our own words: what a worker answers is read by whoever owns the job, who must learn nothing from it about
 * addresses that only the engine reaches.
 */
function whyNot(error: unknown): string {
  if (isRepriseError(error, 'ENDPOINT_REFUSED')) return 'its address is none that the engine may call';
  if (isRepriseError(error, 'WORKER_NOT_FOUND')) return 'it is not registered as it was any more';
  if (isRepriseError(error) && error.context['isConnected'] === false) return 'it is not connected';
  const status = isRepriseError(error) ? error.context['status'] : undefined;
  if (typeof status === 'number') return `it answered ${status}`;
  return isRetryable(error) ? 'it did not answer' : 'it answered in another form than that of the contract';
}

/** A worker that may have the attempt, as far as we know. */
function isUnanswered(error: unknown): boolean {
  return (
    isRetryable(error) && error.context['status'] === undefined && error.context['isConnected'] !== false
  );
}

/** A worker that cannot be reached is asked again by the queue; one that is lost takes the attempt with it. */
async function cancel(deps: DispatchDeps, message: Cancel): Promise<void> {
  const engine = deps.connect(await addressOf(deps, message));
  await patiently(deps, () => engine.cancel(message.work, message.reason));
}

async function workOf(graphs: Pick<GraphStore, 'get'>, hash: string, nodeId: string): Promise<Work> {
  const node = (await graphs.get(hash)).nodes.find(({ id }) => id === nodeId);
  if (!node) throw new RepriseError('GRAPH_INVALID', `graph ${hash} has no node ${nodeId}`);
  return node.work;
}

async function addressOf(deps: DispatchDeps, message: DispatchBody): Promise<WorkerAddress> {
  const secret = await deps.secret();
  const { pool, workerId, registration, endpoint } = message;
  const ref: AttemptRef = message.work;
  return {
    ...{ pool, workerId, ...present({ registration, endpoint }) },
    dispatchToken: dispatchToken(secret, workerId, registration),
    attemptToken: attemptToken(secret, ref, workerId, registration),
  };
}

function patiently<T>({ timing }: DispatchDeps, call: () => Promise<T>): Promise<T> {
  const until = timing.clock() + PATIENCE_MS;
  return retrying(call, { ...timing, backoff: BACKOFF, attempts: ATTEMPTS, until });
}
