import { poolAt } from '../../lib/core/messages/address';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { count, logger } from '../runtime/telemetry';
import { inputQueues } from '../shared/queues';
import { reader } from '../shared/readers';
import { sweeps, workers } from '../shared/tables';
import { sweepPools } from '../../lib/core/recovery/sweep';

const { POOL_NAMES } = readEnv('POOL_NAMES');
const deps = {
  workers: workers(),
  sweeps: sweeps(),
  streams: inputQueues(),
  known: async (pool: string) => new Set((await reader().view(poolAt(pool))).state.workers.keys()),
};

export const handler = instrumented(async (): Promise<void> => {
  const swept = await sweepPools(deps, POOL_NAMES, Date.now());
  const lost = swept.flatMap((each) => each.lost);
  count('WorkersLost', lost.length);
  logger.info('swept', { pools: POOL_NAMES, lost });
});
