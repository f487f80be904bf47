import type { Configuration } from '../configuration/keys';
import { asByDefault } from '../configuration/layers';
import { dependencyDecider } from '../dependency/decider';
import { dependencyEffects } from '../dependency/effects';
import type { DependencyEvent } from '../dependency/events';
import type { DependencyInput } from '../dependency/input';
import { policyOf } from '../dependency/policy';
import { DEPENDENCY_FOLD, freezeDependency, thawDependency } from '../dependency/snapshot';
import type { DependencyState } from '../dependency/state';
import type { DependencyMessage } from '../messages/dependency';
import { dependencyListing } from '../projections/listing';
import { measureDependency } from '../projections/measures';
import type { Kind } from './kind';

export type DependencyKind = Kind<DependencyMessage, DependencyState, DependencyInput, DependencyEvent>;

/** Dependencies: each is decided by its policy, as it is when an input comes. */
export function dependencyKind(configuration: () => Configuration = asByDefault): DependencyKind {
  return {
    fold: { name: DEPENDENCY_FOLD, freeze: freezeDependency, thaw: thawDependency, weight: () => 1 },
    listing: dependencyListing,
    inputOf: (message) => message,
    open: async (name) => ({
      extra: () => ({}),
      decider: dependencyDecider(policyOf(configuration().dependencies, name)),
      effects: dependencyEffects,
      measure: measureDependency,
    }),
  };
}
