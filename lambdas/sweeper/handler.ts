import type { Context, EventBridgeEvent, SQSEvent } from 'aws-lambda';
import { sweepsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { createWorkerProbe } from '../../lib/adapters/http/worker-sightings';
import { poolAt } from '../../lib/core/messages/address';
import { measured } from '../../lib/core/projections/metrics';
import { sampleBreakers, samplePool } from '../../lib/core/projections/samples';
import { type SweepDeps, sweepPools } from '../../lib/core/recovery/sweep';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { queueHandler } from '../runtime/queue';
import { count, logger, measure } from '../runtime/telemetry';
import { streams } from '../shared/engine';
import { inputQueues, intake, sweepsSender } from '../shared/queues';
import { reader } from '../shared/readers';
import { askedWorkers } from '../shared/sightings';
import { dependencyList, sweeps, workers } from '../shared/tables';
import { isInTime, sendTicks } from './ticks';

const { POOL_NAMES } = readEnv('POOL_NAMES');
const deps = {
  ...{ workers: workers(), sweeps: sweeps(), log: logger, answers: createWorkerProbe(askedWorkers()) },
  streams: { ...inputQueues(), ask: streams().ask },
};
/** Whether pools know who speaks, and how they stand, takes their folds: once a minute is enough of that. */
async function known(pool: string) {
  const { state } = await reader().view(poolAt(pool));
  measure(samplePool(pool, state, Date.now()));
  return state.workers;
}

async function sweep(of: SweepDeps): Promise<void> {
  const swept = await sweepPools(of, POOL_NAMES, Date.now());
  const lost = swept.flatMap((each) => each.lost);
  count('WorkersLost', lost.length);
  const silences = swept.flatMap((each) => each.silences);
  measure(silences.map((ms) => measured('LossDetection', ms / 1_000)));
  if (lost.length > 0) logger.warn('swept', { pools: POOL_NAMES, lost });
  else logger.info('swept', { pools: POOL_NAMES });
}

const onClock = instrumented(async (_event: EventBridgeEvent<string, unknown>): Promise<void> => {
  await sendTicks(sweepsSender(), Date.now());
  await sweep({ ...deps, known });
  measure(sampleBreakers(await dependencyList().list()));
});

const onTicks = queueHandler('sweeps', sweepsBody, intake(), async (tick) => {
  if (isInTime(tick, Date.now())) await sweep(deps);
});

/** Called by the clock, which is once a minute, and by the ticks in between. */
export const handler = (event: SQSEvent | EventBridgeEvent<string, unknown>, context: Context) =>
  'Records' in event ? onTicks(event, context) : onClock(event, context);
