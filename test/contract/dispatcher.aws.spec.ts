import { randomUUID } from 'node:crypto';
import { createDispatch, type DispatchDeps } from '../../lambdas/dispatch/dispatch';
import { createSqsDispatcher } from '../../lib/adapters/aws/queues/dispatcher';
import { dispatchBody } from '../../lib/adapters/aws/queues/queue-messages';
import { createWorkerChannel } from '../../lib/adapters/http/worker-channel';
import { createPuzzle } from '../../lib/agent/puzzle';
import { createWorkerSocket, type SocketPeer } from '../../lib/api/worker-socket';
import { fromRequestBody } from '../../lib/contract/execution-wire';
import { executionRequest } from '../../lib/contract/executions';
import type { EngineCall, WorkerMessage } from '../../lib/contract/worker-socket';
import { poolAt } from '../../lib/core/messages/address';
import type { TestExecutionEngine } from '../../lib/core/ports/execution';
import {
  aWorker,
  type DispatcherSetup,
  describeDispatcher,
  GRAPH,
  POOL,
  type Refusal,
} from './dispatcher.contract';

const timing = { clock: () => 0, random: () => 0, sleep: async () => undefined };

/** A queue without order, as SQS has it, and the function behind it. */
async function overSqs(
  { setup }: ReturnType<typeof aWorker>,
  connect: DispatchDeps['connect'],
): Promise<DispatcherSetup> {
  const queue: string[] = [];
  const refusals: Refusal[] = [];
  const dispatch = createDispatch({
    graphs: { get: async () => GRAPH },
    log: { warn: () => undefined },
    streams: {
      async send({ to, message }) {
        if (message.type !== 'dispatchFailed') throw new Error(`told of ${message.type}`);
        expect(to).toEqual(poolAt(POOL));
        const { type: _, ...refusal } = message;
        refusals.push(refusal);
      },
    },
    secret: async () => 'secret',
    ...{ connect, timing, onDispatch: () => undefined },
  });
  return {
    ...{ ...setup, refusals: () => refusals },
    dispatcher: createSqsDispatcher(async ({ body }) => void queue.push(JSON.stringify(body))),
    async settle() {
      for (let body = queue.pop(); body !== undefined; body = queue.pop()) {
        await dispatch(dispatchBody.parse(JSON.parse(body)));
      }
    },
  };
}

describeDispatcher('SQS, to a worker that is called', async () => {
  const worker = aWorker();
  return overSqs(worker, () => ({
    async take(request) {
      await worker.worker.submit(request);
      return 'accepted';
    },
    cancel: worker.worker.cancel,
  }));
});

describeDispatcher('SQS, to a worker that pulls', async () => {
  const worker = aWorker();
  const answers = new Map<string, number>();
  const socket = createWorkerSocket({
    workers: { heartbeat: async () => undefined, disconnect: async () => {} },
    answers: { put: async (_worker, callId, { status }) => void answers.set(callId, status) },
    streams: { send: async () => {} },
    idleSeconds: async () => 10,
    clock: () => 0,
  });
  const puzzle = createPuzzle();

  async function post(_connection: string, text: string): Promise<boolean> {
    const call = puzzle.take(text) as EngineCall;
    const answer: WorkerMessage = {
      type: 'answer',
      answers: [{ id: call.id, status: await serve(worker.worker, call) }],
    };
    await socket.hear(PEER, JSON.stringify(answer), 'q');
    return true;
  }
  const registered = { workerId: 'w', labels: [], slots: 1, lastSeenAt: 0, running: 0, connectionId: 'c' };
  const setup = await overSqs(worker, (target) =>
    createWorkerChannel(
      {
        ...{
          workers: { find: async () => registered },
          post,
          newId: randomUUID,
          timing,
          answerMs: { submit: 3_000, cancel: 3_000 },
        },
        answers: { get: async (_worker, callId) => answers.get(callId) },
      },
      target,
    ),
  );
  return { ...setup, pulls: true };
});

const PEER: SocketPeer = {
  ...{ connectionId: 'c', expiresAt: 1, caller: { subject: 'fleet', scopes: ['orchestration.worker'] } },
  query: { pool: POOL, worker: 'w', registration: 'r' },
};

async function serve(worker: TestExecutionEngine, call: EngineCall): Promise<number> {
  try {
    if (call.type === 'submit') await worker.submit(fromRequestBody(executionRequest.parse(call.execution)));
    else {
      const { job_id: jobId, node_id: nodeId, attempt, reason } = call;
      await worker.cancel({ jobId, nodeId, attempt }, reason);
    }
    return 202;
  } catch {
    return 409;
  }
}
