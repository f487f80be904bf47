import type { Effect } from '../ports/effects';
import type { Recorded } from '../journal/envelope';
import { poolDecider } from '../scheduler/decider';
import { poolEffects } from '../scheduler/effects';
import type { PoolEvent } from '../scheduler/events';
import type { PoolInput, PoolMessage } from '../messages/pool';
import { freezePool, type PoolState, thawPool } from '../scheduler/state';
import type { MessageEnvelope } from './jobs';
import {
  createStreamEngine,
  type EngineDeps,
  type Live,
  type PoolStatusIndex,
  type StreamSpec,
} from './stream-engine';
import { poolStream } from '../messages/address';

export interface PoolEngine {
  readonly handle: (
    poolId: string,
    messages: readonly MessageEnvelope<PoolMessage>[],
  ) => Promise<readonly Recorded<PoolEvent>[]>;
  readonly view: (poolId: string) => Promise<Live<PoolState>>;
  readonly effectsOf: (poolId: string, events: readonly Recorded<PoolEvent>[]) => Promise<Effect[]>;
}

export function createPoolEngine(deps: EngineDeps): PoolEngine {
  const engine = createStreamEngine<PoolState, PoolInput, PoolEvent>(deps);
  return {
    handle: (poolId, messages) =>
      engine.handle(
        poolSpec(poolId),
        messages.map(({ id, actor, message, traceId }) => ({
          id,
          actor,
          input: { ...message, at: deps.clock() },
          traceId: traceId ?? id,
        })),
      ),
    view: (poolId) => engine.load(poolSpec(poolId)),
    effectsOf: async (poolId, events) => {
      const { state } = await engine.load(poolSpec(poolId));
      return events.flatMap((event) => poolEffects(state, event));
    },
  };
}

function poolSpec(poolId: string): StreamSpec<PoolState, PoolInput, PoolEvent> {
  return {
    stream: poolStream(poolId),
    decider: poolDecider,
    followUp: async (state, at) =>
      state.lanes.size > 0 || state.admission.waiting.size > 0 ? { type: 'assign', at } : undefined,
    effects: poolEffects,
    freeze: freezePool,
    thaw: thawPool,
    index: queueStatus,
  };
}

function queueStatus({ admission }: PoolState): PoolStatusIndex {
  const { status, waiting, running } = admission;
  return { kind: 'pool', waiting: waiting.size, running: running.size, status };
}
