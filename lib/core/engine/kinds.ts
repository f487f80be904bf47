import type { PoolMessage } from '../messages/pool';
import type { TriggerMessage } from '../messages/trigger';
import { poolListing, triggerListing } from '../projections/listing';
import { poolDecider } from '../scheduler/decider';
import { poolEffects } from '../scheduler/effects';
import type { PoolEvent } from '../scheduler/events';
import type { PoolInput } from '../scheduler/input';
import { freezePool, POOL_FOLD, thawPool } from '../scheduler/snapshot';
import type { PoolState } from '../scheduler/state';
import { triggerDecider } from '../trigger/decider';
import { triggerEffects } from '../trigger/effects';
import type { TriggerEvent } from '../trigger/events';
import type { TriggerInput } from '../trigger/input';
import { freezeTrigger, TRIGGER_FOLD, thawTrigger } from '../trigger/snapshot';
import type { TriggerState } from '../trigger/state';
import { type JobKind, type JobKindDeps, jobKind } from './job-kind';
import type { Kind } from './kind';

/** Every kind of stream there is: its decider, what its events require, what lists show of it. */
export function createKinds(deps: JobKindDeps): Kinds {
  return { job: jobKind(deps), pool: poolKind, trigger: triggerKind };
}

// No interface: a table is open to more kinds, and only the type of a literal is.
export type Kinds = {
  readonly job: JobKind;
  readonly pool: typeof poolKind;
  readonly trigger: typeof triggerKind;
};

const poolKind: Kind<PoolMessage, PoolState, PoolInput, PoolEvent> = {
  fold: {
    name: POOL_FOLD,
    freeze: freezePool,
    thaw: thawPool,
    weight: ({ workers, queued, leases, over }) => workers.size + queued.size + leases.size + over.size,
  },
  listing: poolListing,
  inputOf: (message) => message,
  open: async () => ({
    extra: {},
    decider: poolDecider,
    followUp: async ({ lanes, admission }, at) =>
      lanes.size > 0 || admission.waiting.size > 0 ? { type: 'assign', at } : undefined,
    effects: poolEffects,
  }),
};

const triggerKind: Kind<TriggerMessage, TriggerState, TriggerInput, TriggerEvent> = {
  fold: { name: TRIGGER_FOLD, freeze: freezeTrigger, thaw: thawTrigger, weight: () => 1 },
  listing: triggerListing,
  inputOf: (message) => message,
  open: async (triggerId) => ({
    extra: {},
    decider: triggerDecider(triggerId),
    effects: (state, event) => triggerEffects(triggerId, state, event),
  }),
};
