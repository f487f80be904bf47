import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { count, logger } from '../runtime/telemetry';
import { FAST_PATH_SECONDS } from '../shared/fast-path';
import { effectsSender } from '../shared/queues';
import { openStreams } from '../shared/tables';
import { sweepOutbox } from './sweep';

/** Left for the end of the invocation, in milliseconds. */
const RESERVE_MS = 20_000;

const deps = {
  streams: openStreams(),
  pools: readEnv('POOL_NAMES').POOL_NAMES,
  send: effectsSender(),
  delaySeconds: FAST_PATH_SECONDS,
  clock: Date.now,
};

export const handler = instrumented(async (_event: unknown, context): Promise<void> => {
  const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
  const { behind, closed, isComplete } = await sweepOutbox({ ...deps, hasTime });
  count('EffectsLeftToSweep', behind.length);
  logger.info('swept', { behind: behind.slice(0, 100), count: behind.length, closed, isComplete });
});
