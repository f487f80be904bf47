import type { Effect } from '../../lib/core/messages/effect';
import { misfitOf } from '../../lib/core/messages/event-schema';
import type { PublicEvent } from '../../lib/core/messages/public-event';

/** Every event that is published is as its schema says. */
export function expectDescribed(event: PublicEvent): void {
  expect(misfitOf(event)).toBeUndefined();
}

/** The effects as they are, once every event among them was found to be as its schema says. */
export function described(effects: Effect[]): Effect[] {
  for (const effect of effects) if (effect.kind === 'publish') expectDescribed(effect.event);
  return effects;
}
