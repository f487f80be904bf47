import type { RelayDeps } from '../../lib/adapters/aws/outbox/relay';
import type { JobEngine } from '../../lib/core/engine/jobs';
import type { PoolEngine } from '../../lib/core/engine/pools';
import { parseStream } from '../../lib/core/messages/address';
import type { TriggerEngine } from '../../lib/core/engine/triggers';
import { assertNever } from '../../lib/core/errors';

export interface Engines {
  readonly jobs: Pick<JobEngine, 'effectsOf'>;
  readonly pools: Pick<PoolEngine, 'effectsOf'>;
  readonly triggers: Pick<TriggerEngine, 'effectsOf'>;
}

/** The effects of recorded events, by the engine of their stream. */
export function effectsOf({ jobs, pools, triggers }: Engines): RelayDeps['effectsOf'] {
  return (stream, events) => {
    const { kind, id } = parseStream(stream);
    // The stream's name says which events it holds.
    switch (kind) {
      case 'job':
        return jobs.effectsOf(id, events as Parameters<JobEngine['effectsOf']>[1]);
      case 'pool':
        return pools.effectsOf(id, events as Parameters<PoolEngine['effectsOf']>[1]);
      case 'trigger':
        return triggers.effectsOf(id, events as Parameters<TriggerEngine['effectsOf']>[1]);
      default:
        return assertNever(kind, 'kind of stream');
    }
  };
}
