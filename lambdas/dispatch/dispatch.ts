import type { DispatchBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { SqsInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import { attemptToken, dispatchToken } from '../../lib/core/access/attempt-token';
import type { Work } from '../../lib/core/dag/graph';
import { parseStream } from '../../lib/core/messages/address';
import { isRepriseError, RepriseError } from '../../lib/core/errors';
import type { ExecutionRef, GraphStore, TestExecutionEngine } from '../../lib/core/ports/stores';

/** How a worker is addressed: where it serves, and what proves us to it and its callbacks to us. */
export interface NodeAddress {
  readonly endpoint: string;
  readonly dispatchToken: string;
  readonly attemptToken: string;
}

export interface DispatchDeps {
  readonly graphs: Pick<GraphStore, 'get'>;
  readonly queues: Pick<SqsInputQueues, 'sendToPool'>;
  readonly secret: () => Promise<string>;
  readonly connect: (address: NodeAddress) => Pick<TestExecutionEngine, 'submit' | 'cancel'>;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly onDispatch: (outcome: 'dispatched' | 'refused') => void;
}

type Dispatch = Extract<DispatchBody, { kind: 'dispatch' }>;
type Cancel = Extract<DispatchBody, { kind: 'cancel' }>;

/** Waits between tries, in milliseconds. A node that does not answer by then gives its work to another. */
const RETRY_DELAYS_MS = [200, 600];

/** Hands an attempt to its worker, or stops one there. Either may happen again: both are idempotent. */
export function createDispatch(deps: DispatchDeps): (message: DispatchBody) => Promise<void> {
  return (message) => (message.kind === 'dispatch' ? dispatch(deps, message) : cancel(deps, message));
}

async function dispatch(deps: DispatchDeps, message: Dispatch): Promise<void> {
  const { jobId, nodeId, attempt, timeoutMs, traceId, graphHash, parameters } = message.work;
  const work = message.work.work ?? (await workOf(deps.graphs, graphHash, nodeId));
  const address = await addressOf(deps, message);
  try {
    const engine = reach(deps, address, message.workerId);
    const told = parameters === undefined ? {} : { parameters };
    const request = { jobId, nodeId, attempt, work, timeoutMs, traceId, ...told };
    await retrying(deps.sleep, () => engine.submit(request));
    deps.onDispatch('dispatched');
  } catch (error) {
    const reason = `${message.workerId} did not take the attempt: ${(error as Error).message}`.slice(0, 500);
    await deps.queues.sendToPool(poolOf(message), {
      id: `${message.id}/refused`,
      actor: { kind: 'engine', id: 'dispatch' },
      message: { type: 'dispatchFailed', jobId, nodeId, attempt, workerId: message.workerId, reason },
      traceId,
    });
    deps.onDispatch('refused');
  }
}

/** A node that cannot be reached is asked again by the queue; one that is lost takes the attempt with it. */
async function cancel(deps: DispatchDeps, message: Cancel): Promise<void> {
  const engine = reach(deps, await addressOf(deps, message), message.workerId);
  await retrying(deps.sleep, () => engine.cancel(message.work, message.reason));
}

async function workOf(graphs: Pick<GraphStore, 'get'>, hash: string, nodeId: string): Promise<Work> {
  const node = (await graphs.get(hash)).nodes.find(({ id }) => id === nodeId);
  if (!node) throw new RepriseError('GRAPH_INVALID', `graph ${hash} has no node ${nodeId}`);
  return node.work;
}

async function addressOf(deps: DispatchDeps, message: DispatchBody): Promise<NodeAddress | undefined> {
  if (message.endpoint === undefined) return undefined;
  const secret = await deps.secret();
  const ref: ExecutionRef = message.work;
  return {
    endpoint: message.endpoint,
    dispatchToken: dispatchToken(secret, message.workerId),
    attemptToken: attemptToken(secret, ref, message.workerId),
  };
}

function reach(deps: DispatchDeps, address: NodeAddress | undefined, workerId: string) {
  if (address) return deps.connect(address);
  throw new RepriseError('WORKER_NOT_FOUND', `${workerId} has no endpoint`);
}

async function retrying(sleep: DispatchDeps['sleep'], call: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await call();
    } catch (error) {
      const delay = RETRY_DELAYS_MS[tries];
      const isFinal = isRepriseError(error) && error.disposition === 'terminal';
      if (isFinal || delay === undefined) throw error;
      await sleep(delay);
    }
  }
}

function poolOf({ id }: Dispatch): string {
  // The lease was granted by an event of the pool, and the effect is named by it.
  return parseStream(id).id;
}
