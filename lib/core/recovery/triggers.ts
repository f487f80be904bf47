import type { Recorded } from '../journal/envelope';
import { streamOf, triggerAt } from '../messages/address';
import { type Effect, effectsOf } from '../messages/effect';
import { busEventOf, type NamedEvent } from '../messages/public-event';
import { present } from '../model/present';
import type { Fold } from '../ports/streams';
import { triggerEffects } from '../trigger/effects';
import type { TriggerEvent } from '../trigger/events';
import { armedSource } from '../trigger/hearing';
import { eventFiring } from '../trigger/lineage';
import { matches } from '../trigger/pattern/pattern';
import type { TriggerState } from '../trigger/state';

/** A trigger as its journal left it. */
export interface KnownTrigger extends Pick<Fold<TriggerState>, 'state' | 'head'> {
  readonly id: string;
  readonly events: readonly Recorded<TriggerEvent>[];
}

/**
 * What sets the clock and the pattern of a trigger, after what its last process may have left undone: the submission
 * of jobs that it counts as running, and the cancellation of those that made room for them.
 */
export function rearming({ id, state, head, events }: KnownTrigger): Effect[] {
  const fired = events.filter(
    (event) =>
      event.type === 'trigger.fired' &&
      [event.data.jobId, ...(event.data.cancels ?? [])].some((jobId) => state.running.includes(jobId)),
  );
  const undone = fired.flatMap((event) => triggerEffects(id, state, event)).filter(isNotPublic);
  const make = effectsOf({ stream: streamOf(triggerAt(id)), seq: head.seq });
  const arm = make(
    { kind: 'armTrigger', triggerId: id, ...present({ source: armedSource(state) }) },
    'armed',
  );
  return [...undone, arm];
}

const isNotPublic = ({ kind }: Effect): boolean => kind !== 'publish';

/**
 * Events of the engine that triggers asked for and may not have heard. The journal of a trigger names every event that it
 * was given, so that none is given twice; what was published before it was made, or before it was unpaused, is not its
 * own.
 */
export function unheard(
  triggers: readonly KnownTrigger[],
  published: readonly Effect[],
): { readonly triggerId: string; readonly event: NamedEvent }[] {
  return triggers.flatMap(({ id, state, events }) => {
    const source = armedSource(state);
    if (source?.kind !== 'event') return [];
    const heard = new Set(events.map((event) => ('firing' in event.data ? event.data.firing.id : undefined)));
    return published.flatMap((effect) => {
      if (effect.kind !== 'publish' || effect.event.at < state.cursor) return [];
      const event = busEventOf(effect.event);
      const isWanted = !heard.has(eventFiring(event)) && matches(source.pattern, event);
      return isWanted ? [{ triggerId: id, event }] : [];
    });
  });
}
