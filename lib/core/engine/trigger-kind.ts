import type { TriggerMessage } from '../messages/trigger';
import type { ReadOnly } from '../model/read-only';
import { type FiringLimits, NO_LIMITS } from '../ports/quotas';
import { triggerListing } from '../projections/listing';
import { decideTrigger } from '../trigger/decide';
import { triggerDecider } from '../trigger/decider';
import { triggerEffects } from '../trigger/effects';
import type { TriggerEvent } from '../trigger/events';
import type { TriggerInput } from '../trigger/input';
import { freezeTrigger, TRIGGER_FOLD, thawTrigger } from '../trigger/snapshot';
import type { TriggerState } from '../trigger/state';
import type { Kind } from './kind';

export type TriggerKind = Kind<TriggerMessage, TriggerState, TriggerInput, TriggerEvent>;

/** Triggers: each is decided within what one cause and one owner may start. */
export function triggerKind(limits: FiringLimits = NO_LIMITS): TriggerKind {
  return {
    fold: { name: TRIGGER_FOLD, freeze: freezeTrigger, thaw: thawTrigger, weight: () => 1 },
    listing: triggerListing,
    inputOf: (message) => message,
    open: async (triggerId) => ({
      extra: () => ({}),
      decider: triggerDecider(triggerId),
      prepare: (state, input) => limited(limits, triggerId, state, input),
      effects: (state, event) => triggerEffects(triggerId, state, event),
    }),
  };
}

/** How many of the firings that would follow from an input may start their jobs. */
async function limited(
  limits: FiringLimits,
  triggerId: string,
  state: ReadOnly<TriggerState>,
  input: TriggerInput,
): Promise<TriggerInput> {
  let room = 0;
  for (const event of decideTrigger(triggerId, state, input)) {
    if (event.type !== 'trigger.fired') continue;
    const { jobId, firing } = event.data;
    const { root = jobId } = firing;
    const why = await limits.admit({ owner: state.owner ?? '', root, jobId, at: input.at });
    if (why) return { ...input, limit: { room, why } };
    room += 1;
  }
  return input;
}
