import type { NetDeps } from '../../lib/adapters/aws/net';
import type { JobEngine } from '../../lib/core/engine/jobs';
import type { PoolEngine } from '../../lib/core/engine/pools';
import { parseStream } from '../../lib/core/engine/streams';

/** The effects of recorded events, by the engine of their stream. */
export function effectsOf(
  jobs: Pick<JobEngine, 'effectsOf'>,
  pools: Pick<PoolEngine, 'effectsOf'>,
): NetDeps['effectsOf'] {
  return (stream, events) => {
    const { kind, id } = parseStream(stream);
    // The stream's name says which events it holds.
    if (kind === 'job') return jobs.effectsOf(id, events as Parameters<JobEngine['effectsOf']>[1]);
    return pools.effectsOf(id, events as Parameters<PoolEngine['effectsOf']>[1]);
  };
}
