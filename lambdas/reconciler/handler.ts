import { randomUUID } from 'node:crypto';
import { createSfnExecutions } from '../../lib/adapters/aws/machines/sfn-executions';
import { createTestExecutionClient } from '../../lib/adapters/http/test-execution-client';
import { createWorkerChannel } from '../../lib/adapters/http/worker-channel';
import { createWorkerSightings } from '../../lib/adapters/http/worker-sightings';
import { SYSTEM } from '../../lib/adapters/system';
import { dispatchToken } from '../../lib/core/access/attempt-token';
import { createReconciler } from '../../lib/core/engine/reconciler';
import type { RegisteredWorker } from '../../lib/core/ports/registries';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { countOf, logger } from '../runtime/telemetry';
import { sfn } from '../shared/clients/sfn';
import { effectPorts } from '../shared/ports';
import { reader } from '../shared/readers';
import { engineSecret } from '../shared/secret';
import {
  journal,
  openStreams,
  reconcilerPlace,
  workerAnswers,
  workers,
  workflowChoices,
} from '../shared/tables';
import { workerAddresses } from '../shared/worker-addresses';
import { postToConnection } from '../shared/worker-sockets';
import { reconcileTurn } from './turn';

/** Between the two looks that a repair takes. */
const PAUSE_MS = 5_000;
/** Patience with a worker that is asked. */
const WORKER_MS = 3_000;
/** Left for the end of the invocation, in milliseconds: for a page that has begun. */
const RESERVE_MS = 60_000;

const env = readEnv('POOL_NAMES', 'GRAPH_RUNNER_ARN', 'MACHINE_ARN_PREFIX', 'RECONCILER_GRACE_SECONDS');
const executions = createSfnExecutions(sfn(), {
  choices: workflowChoices(),
  arnPrefix: env.MACHINE_ARN_PREFIX,
  graphRunnerArn: env.GRAPH_RUNNER_ARN,
});

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

const reconciler = createReconciler({
  ...{ streams: reader(), ports: effectPorts(), journal: journal(), executions, log: logger },
  workers: createWorkerSightings({ workers: workers(), call, ask }),
  clock: Date.now,
  graceMs: env.RECONCILER_GRACE_SECONDS * 1_000,
  pause: () => SYSTEM.sleep(PAUSE_MS),
  onRepair: ({ kind }) => countOf('StatesRepaired', { kind }),
});

export const handler = instrumented(async (_event: unknown, context): Promise<void> => {
  const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
  const deps = { streams: openStreams(), place: reconcilerPlace(), reconciler, executions, hasTime };
  const turn = await reconcileTurn(
    { ...deps, pools: env.POOL_NAMES, quietMs: env.RECONCILER_GRACE_SECONDS * 1_000 },
    Date.now(),
  );
  const { repairs, compared, isComplete } = turn;
  logger.info('reconciled', { repairs: repairs.length, compared, isComplete });
});
