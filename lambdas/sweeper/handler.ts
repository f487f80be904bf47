import type { Context, EventBridgeEvent, SQSEvent } from 'aws-lambda';
import { sweepsBody } from '../../lib/adapters/aws/queues/queue-messages';
import { poolAt } from '../../lib/core/messages/address';
import { type SweepDeps, sweepPools } from '../../lib/core/recovery/sweep';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { queueHandler } from '../runtime/queue';
import { count, logger } from '../runtime/telemetry';
import { inputQueues, intake, sweepsSender } from '../shared/queues';
import { reader } from '../shared/readers';
import { sweeps, workers } from '../shared/tables';
import { isInTime, sendTicks } from './ticks';

const { POOL_NAMES } = readEnv('POOL_NAMES');
const deps = { workers: workers(), sweeps: sweeps(), streams: inputQueues() };
/** Whether pools know who speaks takes their folds: once a minute is enough of that. */
const known = async (pool: string) => (await reader().view(poolAt(pool))).state.workers;

async function sweep(of: SweepDeps): Promise<void> {
  const swept = await sweepPools(of, POOL_NAMES, Date.now());
  const lost = swept.flatMap((each) => each.lost);
  count('WorkersLost', lost.length);
  if (lost.length > 0) logger.warn('swept', { pools: POOL_NAMES, lost });
  else logger.info('swept', { pools: POOL_NAMES });
}

const onClock = instrumented(async (_event: EventBridgeEvent<string, unknown>): Promise<void> => {
  await sendTicks(sweepsSender(), Date.now());
  await sweep({ ...deps, known });
});

const onTicks = queueHandler('sweeps', sweepsBody, intake(), async (tick) => {
  if (isInTime(tick, Date.now())) await sweep(deps);
});

/** Called by the clock, which is once a minute, and by the ticks in between. */
export const handler = (event: SQSEvent | EventBridgeEvent<string, unknown>, context: Context) =>
  'Records' in event ? onTicks(event, context) : onClock(event, context);
