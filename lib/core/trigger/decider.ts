import type { Decider } from '../journal/decider';
import { decideTrigger } from './decide';
import type { TriggerEvent } from './events';
import { evolveTrigger } from './evolve';
import type { TriggerInput } from './input';
import { initialTrigger, type TriggerState } from './state';

/** The behaviour of one trigger: what starts jobs by the clock or by events. */
export function triggerDecider(triggerId: string): Decider<TriggerState, TriggerInput, TriggerEvent> {
  return {
    initial: initialTrigger,
    decide: (state, input) => decideTrigger(triggerId, state, input),
    evolve: evolveTrigger,
  };
}
