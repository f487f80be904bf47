import { letterDecider } from '../dlq/decider';
import { letterEffects } from '../dlq/effects';
import type { LetterEvent } from '../dlq/events';
import type { LetterInput } from '../dlq/input';
import { hasMore } from '../dlq/redrive';
import { freezeLetters, LETTER_FOLD, thawLetters } from '../dlq/snapshot';
import type { GroupState } from '../dlq/state';
import type { LetterMessage } from '../messages/letter';
import type { PoolMessage } from '../messages/pool';
import type { TargetMessage } from '../messages/target';
import { isDue } from '../notify/decide';
import { targetDecider } from '../notify/decider';
import { targetEffects } from '../notify/effects';
import type { TargetEvent } from '../notify/events';
import type { TargetInput } from '../notify/input';
import { freezeTarget, TARGET_FOLD, thawTarget } from '../notify/snapshot';
import type { TargetState } from '../notify/state';
import type { FiringLimits } from '../ports/quotas';
import { letterListing, poolListing } from '../projections/listing';
import { measureLetters, measurePool, measureTarget } from '../projections/measures';
import { poolDecider } from '../scheduler/decider';
import { poolEffects } from '../scheduler/effects';
import type { PoolEvent } from '../scheduler/events';
import type { PoolInput } from '../scheduler/input';
import { freezePool, POOL_FOLD, thawPool } from '../scheduler/snapshot';
import type { PoolState } from '../scheduler/state';
import { type DependencyKind, dependencyKind } from './dependency-kind';
import { type JobKind, type JobKindDeps, jobKind } from './job-kind';
import type { Kind } from './kind';
import { type TriggerKind, triggerKind } from './trigger-kind';

export interface KindDeps extends JobKindDeps {
  /** What triggers may start. */
  readonly limits?: FiringLimits;
}

/** Every kind of stream there is: its decider, what its events require, what lists show of it. */
export function createKinds({ limits, ...deps }: KindDeps): Kinds {
  return {
    job: jobKind(deps),
    pool: poolKind,
    trigger: triggerKind(limits),
    dependency: dependencyKind(deps.configuration),
    letter: letterKind,
    target: targetKind,
  };
}

// No interface: a table is open to more kinds, and only the type of a literal is.
export type Kinds = {
  readonly job: JobKind;
  readonly pool: typeof poolKind;
  readonly trigger: TriggerKind;
  readonly dependency: DependencyKind;
  readonly letter: typeof letterKind;
  readonly target: typeof targetKind;
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
    extra: () => ({}),
    decider: poolDecider,
    followUp: async ({ lanes, admission }, at) =>
      lanes.size > 0 || admission.waiting.size > 0 ? { type: 'assign', at } : undefined,
    effects: poolEffects,
    measure: measurePool,
  }),
};

export const letterKind: Kind<LetterMessage, GroupState, LetterInput, LetterEvent> = {
  fold: {
    name: LETTER_FOLD,
    freeze: freezeLetters,
    thaw: thawLetters,
    weight: ({ letters }) => 1 + letters.size,
  },
  listing: letterListing,
  inputOf: (message) => message,
  open: async () => ({
    extra: () => ({}),
    decider: letterDecider,
    followUp: async (state, at) => (hasMore(state, at) ? { type: 'advance', at } : undefined),
    effects: letterEffects,
    measure: measureLetters,
  }),
};

const targetKind: Kind<TargetMessage, TargetState, TargetInput, TargetEvent> = {
  fold: {
    name: TARGET_FOLD,
    freeze: freezeTarget,
    thaw: thawTarget,
    weight: ({ held, queue, parked, alerts }) =>
      1 + held.length + queue.length + parked.length + alerts.length,
  },
  inputOf: (message) => message,
  open: async () => ({
    extra: () => ({}),
    decider: targetDecider,
    followUp: async (state, at) => (isDue(state, at) ? { type: 'advance', at } : undefined),
    effects: targetEffects,
    measure: measureTarget,
  }),
};
