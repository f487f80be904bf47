import { SYSTEM } from '../../lib/adapters/system';
import { createLiveConfig } from '../../lib/core/configuration/live';
import { createConfigStore } from '../../lib/core/configuration/store';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { logger } from '../runtime/telemetry';
import { journal } from './tables';

/** Until what is set holds everywhere, milliseconds. Each process that has work reads the journal's end so often. */
const TTL_MS = 30_000;

/** The configuration of this deployment: what the stack says, and what people set since. */
export const config = once(() => {
  const env = readEnv('RETRY_LIMITS', 'RETRY_EXPLORE', 'DEPENDENCY_POLICIES', 'ESCALATION');
  const stack = {
    'retries.limits': env.RETRY_LIMITS,
    'retries.explore': env.RETRY_EXPLORE,
    'recovery.escalation': env.ESCALATION,
    dependencies: env.DEPENDENCY_POLICIES,
  };
  return createLiveConfig({
    store: createConfigStore(journal(), SYSTEM.clock),
    own: () => ({ stack }),
    clock: SYSTEM.clock,
    ttlMs: TTL_MS,
    onFailure: (error) => logger.warn('the configuration cannot be read', { error: error as Error }),
  });
});
