import type { Decider } from '../journal/decider';
import { decideDependency } from './decide';
import type { DependencyEvent } from './events';
import { evolveDependency } from './evolve';
import type { DependencyInput } from './input';
import type { DependencyPolicy } from './policy';
import { type DependencyState, initialDependency } from './state';

/** The behaviour of one dependency: the breaker that all who need it share. */
export function dependencyDecider(
  policy: DependencyPolicy,
): Decider<DependencyState, DependencyInput, DependencyEvent> {
  return {
    initial: initialDependency,
    decide: (state, input) => decideDependency(policy, state, input),
    evolve: evolveDependency,
  };
}
