import { createHash } from 'node:crypto';
import { LIMITS } from '../limits';
import { type BusEvent, EVENT_SOURCE } from '../messages/public-event';
import { idSchema } from '../model/ids';
import type { Lineage } from '../model/lineage';

/** What an event goes back to, as a firing that it causes carries it on. */
export interface Ancestry extends Lineage {
  /** The trigger whose job, or whose own doing, the event is about. */
  readonly triggerId?: unknown;
}

/** Where an event names no cause it is one itself, and so is a job that somebody submitted. */
export function ancestryOf(event: BusEvent & { readonly id: string }): Ancestry {
  const { trigger, jobId } = (event['detail'] ?? {}) as { trigger?: unknown; jobId?: unknown };
  const isOurs = event['source'] === EVENT_SOURCE;
  const first = isOurs && isId(jobId) ? jobId : `e-${digest(event.id)}`;
  if (typeof trigger !== 'object' || trigger === null) return { root: first, depth: 0 };
  const { id, root, depth } = trigger as { id?: unknown; root?: unknown; depth?: unknown };
  const before = Number.isInteger(depth) ? Number(depth) : 0;
  return { triggerId: id, root: isId(root) ? root : first, depth: before + 1 };
}

/**
 * The name of the firing that an event is, the same when the event comes again. What the engine publishes a second time gets
 * another id from EventBridge; its own stands in the `detail`.
 */
export function eventFiring(event: BusEvent & { readonly id: string }): string {
  const { id } = (event['detail'] ?? {}) as { id?: unknown };
  const isNamed = event['source'] === EVENT_SOURCE && typeof id === 'string' && id !== '';
  return `event/${isNamed && id.length <= LIMITS.traceIdLength ? id : event.id}`;
}

const isId = (value: unknown): value is string => idSchema.safeParse(value).success;

/** As much of a hash as an id has room for. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
