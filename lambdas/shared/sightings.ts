import { randomUUID } from 'node:crypto';
import { createTestExecutionClient } from '../../lib/adapters/http/test-execution-client';
import { createWorkerChannel } from '../../lib/adapters/http/worker-channel';
import type { WorkerSightingsDeps } from '../../lib/adapters/http/worker-sightings';
import { SYSTEM } from '../../lib/adapters/system';
import { dispatchToken } from '../../lib/core/access/attempt-token';
import type { RegisteredWorker } from '../../lib/core/ports/registries';
import { engineSecret } from './secret';
import { workerAnswers, workers } from './tables';
import { workerAddresses } from './worker-addresses';
import { postToConnection } from './worker-sockets';

/** Patience with a worker that is asked, milliseconds. */
const WORKER_MS = 3_000;

async function call({ workerId, registration, endpoint = '' }: RegisteredWorker) {
  const { fetch } = workerAddresses();
  const token = dispatchToken(await engineSecret(), workerId, registration);
  return createTestExecutionClient({
    ...{ endpoint, dispatchToken: token, attemptToken: '', timeoutMs: WORKER_MS, fetch },
  });
}

function ask(pool: string, { workerId, registration }: RegisteredWorker) {
  const deps = { workers: workers(), answers: workerAnswers(), post: postToConnection() };
  const target = { pool, workerId, registration, attemptToken: '' };
  const answerMs = { ask: WORKER_MS };
  return createWorkerChannel({ ...deps, newId: randomUUID, timing: SYSTEM, answerMs }, target).ask;
}

/** How workers are asked, by what they serve, wired from the environment. */
export const askedWorkers = (): WorkerSightingsDeps => ({ workers: workers(), call, ask });
