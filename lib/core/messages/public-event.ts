import { EVENT_TYPES, isEventType } from './event-types';

/** What the engine, its adapters and its stacks have to call alike on the event bus. */

/** `source` of every event of the engine. */
export const EVENT_SOURCE = 'reprise';

/**
 * Whose an event of the engine is stands in its `detail` under this name, empty where it is nobody's: what only an
 * administrator hears. No event from elsewhere has it, so that rules can be narrowed by it.
 */
export const OWNER_FIELD = 'reprise_owner';

/** Under this name stands the version of the schema that a `detail` follows. */
export const VERSION_FIELD = 'reprise_version';

/** The event on the bus that asks for a job. */
export const JOB_REQUESTED = 'orchestration.job.requested';

/** The event on the bus that says that a recovery has failed, with its alert. */
export const RECOVERY_FAILED = 'orchestration.recovery.failed';

/** The event on the bus that says that the capacity of a pool is short, or no longer is. */
export const CAPACITY_WARNING = 'orchestration.capacity.warning';

/** What the log says when a workflow has ended before its job: an alarm counts these lines. */
export const WORKFLOW_LOST = 'a workflow has ended before its job';

/** Rules of triggers begin with it; the permissions of the functions name it. */
export const TRIGGER_RULE_PREFIX = 'reprise-trigger-';

/** How long triggers and requests for jobs are tried to be delivered: as long and as often as EventBridge does. */
export const TRIGGER_DELIVERY = { maxAgeSeconds: 86_400, maxAttempts: 185 } as const;

/** An event for the world outside. */
export interface PublicEvent {
  readonly id: string;
  /** Such as `orchestration.execution.started`. */
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whose it is; that of nobody is for administrators. */
  readonly owner?: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** `detail` of an event of the engine as it stands on the bus: its id is the same at a repeat. */
export function busDetail({ id, type, at, owner = '', detail }: PublicEvent): Record<string, unknown> {
  const version = isEventType(type) ? EVENT_TYPES[type].version : 1;
  return { ...detail, id, at: new Date(at).toISOString(), [OWNER_FIELD]: owner, [VERSION_FIELD]: version };
}

/** An event as it stands on the bus: https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html */
export type BusEvent = Readonly<Record<string, unknown>>;

/** One with the id that makes a repeat of it known. */
export type NamedEvent = BusEvent & { readonly id: string };

/**
 * What EventBridge adds to an event, as the daemon of a machine has it: account and region are fixed, and the time has no
 * milliseconds there either.
 * @param at milliseconds since the epoch.
 */
export function localEnvelope(at: number) {
  const time = `${new Date(at).toISOString().slice(0, -'.000Z'.length)}Z`;
  return { version: '0', account: '000000000000', region: 'local', time } as const;
}

/** An event of the engine as it would come from EventBridge. */
export function busEventOf(event: PublicEvent): NamedEvent {
  const { id, type, at } = event;
  const added = { ...localEnvelope(at), resources: [] };
  return { ...added, id, source: EVENT_SOURCE, 'detail-type': type, detail: busDetail(event) };
}
