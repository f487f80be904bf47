import { askerOf } from '../../lib/core/engine/asker';
import { createEngine } from '../../lib/core/engine/engine';
import { createFastPath, noFastPath } from '../../lib/core/engine/fast-path';
import type { RelayDeps } from '../../lib/core/engine/outbox-relay';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { logger, measure } from '../runtime/telemetry';
import { config } from './config';
import { kinds } from './kinds';
import { snapshots } from './objects';
import { effectPorts } from './ports';
import { journal } from './tables';

/** The engine over the journal and the ports of this deployment. */
export const engine = once(() => {
  const isFast = readEnv('FAST_PATH').FAST_PATH === 'on';
  const fastPath = () => createFastPath({ ports: effectPorts(), journal: journal(), log: logger });
  const created = createEngine(
    {
      journal: journal(),
      snapshots: snapshots(),
      clock: Date.now,
      random: Math.random,
      perform: isFast ? fastPath() : noFastPath,
      onMeasured: measure,
    },
    kinds(),
  );
  // What is decided from here on goes by the configuration as it is now, or was a moment ago.
  const handle = (async (...told: Parameters<typeof created.handle>) => {
    await config().refresh();
    return created.handle(...told);
  }) as typeof created.handle;
  return { ...created, handle };
});

/** Streams that a function decides itself and does not only tell something. */
export const streams = once(() => askerOf(engine()));

/** What the outbox relay works with. */
export const relay = once(
  (): RelayDeps => ({
    ports: effectPorts(),
    journal: journal(),
    effectsOf: engine().effectsOf,
    log: logger,
  }),
);
