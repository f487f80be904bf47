import { randomUUID } from 'node:crypto';
import { dispatchBody } from '../../lib/adapters/aws/queues/queue-messages';
import { createTestExecutionClient } from '../../lib/adapters/http/test-execution-client';
import { createWorkerChannel } from '../../lib/adapters/http/worker-channel';
import { SYSTEM } from '../../lib/adapters/system';
import { queueHandler } from '../runtime/queue';
import { count, logger } from '../runtime/telemetry';
import { graphs } from '../shared/objects';
import { inputQueues, intake } from '../shared/queues';
import { engineSecret } from '../shared/secret';
import { workerAnswers, workers } from '../shared/tables';
import { workerAddresses } from '../shared/worker-addresses';
import { postToConnection } from '../shared/worker-sockets';
import { createDispatch, type WorkerAddress } from './dispatch';

/** Patience with a worker that is called, per try: three tries end before the function's own time does. */
const TIMEOUT_MS = 3_000;
/**
 * Patience with one that pulls. Its answers wait for each other where many are under way, and what is handed over again then
 * adds to them: there is one try with all of the time that the function has, but for the taking back.
 */
const ANSWER_MS = { submit: 9_000, cancel: 2_000 } as const;

const dispatch = createDispatch({
  graphs: graphs(),
  streams: inputQueues(),
  secret: engineSecret,
  connect: ({ endpoint, ...worker }) =>
    endpoint === undefined ? channelTo(worker) : clientOf(endpoint, worker),
  log: logger,
  timing: SYSTEM,
  onDispatch: (outcome) => count(outcome === 'dispatched' ? 'AttemptsDispatched' : 'DispatchesRefused'),
});

function clientOf(endpoint: string, worker: WorkerAddress) {
  const { dispatchToken, attemptToken } = worker;
  const { fetch } = workerAddresses();
  return createTestExecutionClient({ endpoint, dispatchToken, attemptToken, timeoutMs: TIMEOUT_MS, fetch });
}

function channelTo(worker: WorkerAddress) {
  const deps = { workers: workers(), answers: workerAnswers(), post: postToConnection() };
  return createWorkerChannel({ ...deps, newId: randomUUID, timing: SYSTEM, answerMs: ANSWER_MS }, worker);
}

export const handler = queueHandler('dispatch', dispatchBody, intake(), dispatch);
