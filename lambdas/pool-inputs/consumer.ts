import type { MessageEnvelope } from '../../lib/core/engine/jobs';
import type { PoolEngine } from '../../lib/core/engine/pools';
import type { PoolMessage } from '../../lib/core/messages/pool';
import type { Grouped } from '../runtime/groups';
import { parsePoolInput } from '../shared/inputs';
import { count } from '../runtime/telemetry';

/** Decides a pool's inputs: one load, one fold and one append for all of a batch. */
export function poolInputs(pools: Pick<PoolEngine, 'handle'>): Grouped<MessageEnvelope<PoolMessage>> {
  return {
    parse: parsePoolInput,
    async handle(poolId, messages) {
      await pools.handle(poolId, messages);
      count('InputsDecided', messages.length);
    },
  };
}
