import { createSfnExecutions } from '../../lib/adapters/aws/machines/sfn-executions';
import { createWorkerSightings } from '../../lib/adapters/http/worker-sightings';
import { SYSTEM } from '../../lib/adapters/system';
import { createReconciler } from '../../lib/core/engine/reconciler';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { countOf, logger } from '../runtime/telemetry';
import { sfn } from '../shared/clients/sfn';
import { effectPorts } from '../shared/ports';
import { reader } from '../shared/readers';
import { askedWorkers } from '../shared/sightings';
import { journal, openStreams, reconcilerPlace, workflowChoices } from '../shared/tables';
import { reconcileTurn } from './turn';

/** Between the two looks that a repair takes. */
const PAUSE_MS = 5_000;
/** Left for the end of the invocation, in milliseconds: for a page that has begun. */
const RESERVE_MS = 60_000;

const env = readEnv('POOL_NAMES', 'GRAPH_RUNNER_ARN', 'MACHINE_ARN_PREFIX', 'RECONCILER_GRACE_SECONDS');
const executions = createSfnExecutions(sfn(), {
  choices: workflowChoices(),
  arnPrefix: env.MACHINE_ARN_PREFIX,
  graphRunnerArn: env.GRAPH_RUNNER_ARN,
});

const reconciler = createReconciler({
  ...{ streams: reader(), ports: effectPorts(), journal: journal(), executions, log: logger },
  workers: createWorkerSightings(askedWorkers()),
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
