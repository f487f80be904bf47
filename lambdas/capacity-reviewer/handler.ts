import { reviewPool } from '../../lib/core/engine/capacity-review';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { logger } from '../runtime/telemetry';
import { loads } from '../shared/loads';
import { inputQueues } from '../shared/queues';

const { POOL_NAMES } = readEnv('POOL_NAMES');
const deps = { loads: loads(), streams: inputQueues() };

/** One pool after the other: each reads the journals of hundreds of jobs. */
export const handler = instrumented(async (): Promise<void> => {
  for (const pool of POOL_NAMES) {
    const { findings } = await reviewPool(deps, pool, Date.now());
    logger.info('capacity reviewed', { pool, findings });
  }
});
