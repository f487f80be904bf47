import { createFastPath, noFastPath } from '../../lib/adapters/aws/outbox/perform';
import type { RelayDeps } from '../../lib/adapters/aws/outbox/relay';
import { createJobEngine, type JobEngine } from '../../lib/core/engine/jobs';
import { createPoolEngine, type PoolEngine } from '../../lib/core/engine/pools';
import type { EngineDeps } from '../../lib/core/engine/stream-engine';
import { createTriggerEngine, type TriggerEngine } from '../../lib/core/engine/triggers';
import { bounded } from './bounded-engine';
import { effectsOf } from './effects-of';
import { readEnv } from '../runtime/env';
import { graphs, snapshots } from './objects';
import { once } from '../runtime/once';
import { effectPorts } from './ports';
import { journal } from './tables';
import { logger } from '../runtime/telemetry';

export const isFastPathOn = once(() => readEnv('FAST_PATH').FAST_PATH === 'on');

const engineDeps = once((): EngineDeps => {
  const fastPath = () => createFastPath({ ports: effectPorts(), journal: journal(), log: logger });
  return {
    journal: journal(),
    snapshots: snapshots(),
    clock: Date.now,
    perform: isFastPathOn() ? fastPath() : noFastPath,
  };
});

/** The engines over the journal and the ports of this deployment. */
export const jobEngine = once(
  (): JobEngine => bounded(() => createJobEngine({ ...engineDeps(), graphs: graphs(), random: Math.random })),
);
export const poolEngine = once((): PoolEngine => createPoolEngine(engineDeps()));
export const triggerEngine = once((): TriggerEngine => createTriggerEngine(engineDeps()));

/** What the outbox relay works with. */
export const relay = once(
  (): RelayDeps => ({
    ports: effectPorts(),
    journal: journal(),
    effectsOf: effectsOf({ jobs: jobEngine(), pools: poolEngine(), triggers: triggerEngine() }),
    log: logger,
  }),
);
