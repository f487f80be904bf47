import { poolEngine } from '../shared/engine';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { inputQueues } from '../shared/queues';
import { workers } from '../shared/tables';
import { count, logger } from '../runtime/telemetry';
import { sweepPool } from './sweep';

const { POOL_NAMES } = readEnv('POOL_NAMES');
const deps = {
  workers: workers(),
  queues: inputQueues(),
  known: async (pool: string) => new Set((await poolEngine().view(pool)).state.workers.keys()),
};

export const handler = instrumented(async (): Promise<void> => {
  const swept = await Promise.all(POOL_NAMES.map((pool) => sweepPool(deps, pool, Date.now())));
  const lost = swept.flatMap((each) => each.lost);
  count('WorkersLost', lost.length);
  logger.info('swept', { pools: POOL_NAMES, lost });
});
