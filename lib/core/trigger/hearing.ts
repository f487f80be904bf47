import { type BusEvent, EVENT_SOURCE, JOB_REQUESTED, OWNER_FIELD } from '../messages/public-event';
import type { TriggerSource } from '../messages/trigger-definition';
import type { ReadOnly } from '../model/read-only';
import type { EventPattern } from './pattern/pattern';
import type { TriggerState } from './state';

/**
 * A pattern as its owner's trigger is woken by it: of what the engine publishes only what is theirs. Events from
 * elsewhere do not have the field and are nobody's.
 */
export function heardBy(owner: string, pattern: EventPattern): EventPattern {
  const { detail = {} } = pattern;
  // A list of values asks for a `detail` that is none: it matches nothing.
  if (typeof detail !== 'object' || Array.isArray(detail)) return pattern;
  return { ...pattern, detail: { ...detail, [OWNER_FIELD]: [owner, { exists: false }] } };
}

/**
 * Whether a trigger may hear of an event, whatever it was woken by: a rule that was made before, or by a hand from
 * outside, lets more through. A request for a job is between whoever asks and the engine.
 */
export function mayHear({ owner, everyone }: ReadOnly<TriggerState>, event: BusEvent): boolean {
  if (event['detail-type'] === JOB_REQUESTED) return false;
  return event['source'] !== EVENT_SOURCE || everyone === true || ownerOf(event) === owner;
}

/** Events of earlier versions have it as `owner` only. */
function ownerOf({ detail }: BusEvent): unknown {
  const { owner, [OWNER_FIELD]: marked = owner } = (detail ?? {}) as Record<string, unknown>;
  return marked;
}

/** What wakes the trigger now; nothing while it is paused or gone. */
export function armedSource({
  status,
  definition,
  owner,
  everyone,
}: Pick<ReadOnly<TriggerState>, 'status' | 'definition' | 'owner' | 'everyone'>): TriggerSource | undefined {
  const source = status === 'active' ? definition?.source : undefined;
  if (source?.kind !== 'event' || owner === undefined || everyone) return source;
  return { ...source, pattern: heardBy(owner, source.pattern) };
}
