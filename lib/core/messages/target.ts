import * as z from 'zod';
import { LIMITS } from '../limits';
import { amount, line, positive, recordOf, text, time } from '../model/bounded';
import { idSchema } from '../model/ids';
import { JOB_OUTCOMES } from '../model/outcome';
import type { ReadOnly } from '../model/read-only';
import { SEVERITIES, TOPICS } from './event-types';

/** What a person is told of an event, before anybody knows by which means. */
export const noticeSchema = z.object({
  /** The event that it is about: a repeat of the event is known by it. */
  id: text(LIMITS.traceIdLength),
  /** Type of the event. */
  type: line(LIMITS.sourceLength),
  topic: z.enum(TOPICS),
  severity: z.enum(SEVERITIES),
  /** When it happened, milliseconds since the epoch. */
  at: time(),
  title: line(LIMITS.noticeTitle),
  text: text(LIMITS.noticeText),
  /** What else there is to know, for tables. */
  facts: z
    .array(z.object({ name: line(LIMITS.idLength), value: text(LIMITS.noticeFact) }))
    .max(LIMITS.noticeFacts),
  /** The same for events that say the same of the same thing. */
  signature: text(LIMITS.traceIdLength),
  owner: text(LIMITS.ownerLength).exactOptional(),
  jobId: idSchema.exactOptional(),
  /** Name of the graph of the job. */
  graph: text(LIMITS.idLength).exactOptional(),
  /** How the job ended, where it has. */
  outcome: z.enum(JOB_OUTCOMES).exactOptional(),
  /** The commit that the job is about. */
  commit: text(LIMITS.hashLength).exactOptional(),
  /** Where a person sees more. */
  link: text(LIMITS.urlLength).exactOptional(),
  /** Until somebody acknowledges it, others are told: at which target, under which id. */
  alert: z.object({ target: idSchema, id: text(LIMITS.traceIdLength) }).exactOptional(),
  /** Nothing has happened: somebody tries the target out. */
  sample: z.literal(true).exactOptional(),
  /** `detail` of the event; what is large is left out. */
  detail: recordOf(z.string().max(LIMITS.idLength), z.unknown(), {
    most: LIMITS.noticeFields,
    bytes: LIMITS.noticeDetail,
  }).exactOptional(),
});
export type Notice = ReadOnly<z.infer<typeof noticeSchema>>;

/** Hours in which people are left alone. */
const quietSchema = z.object({
  /** Of the IANA database. */
  timezone: line(LIMITS.idLength),
  /** Minutes since midnight, there; where it ends before it begins, it ends the next day. */
  from: amount(24 * 60),
  to: amount(24 * 60),
  /** From this on a notice does not wait. */
  breaksThrough: z.enum(SEVERITIES),
});
export type Quiet = ReadOnly<z.infer<typeof quietSchema>>;

/** Who else is told, one after the other, for as long as nobody has acknowledged it. */
const stepsSchema = z
  .array(z.object({ target: idSchema, afterMs: amount(LIMITS.escalationMs) }))
  .max(LIMITS.escalationSteps);

/** How a notice is to be told, as its rule had it when the event came. */
export const tellingSchema = z.object({
  /** Name of the rule. */
  rule: idSchema,
  /** For so long the same is told once. */
  dedupeMs: amount(LIMITS.dedupeMs),
  /** More than so many in so long become one message. */
  digest: z
    .object({ above: positive(LIMITS.heldNotices), withinMs: positive(LIMITS.dedupeMs) })
    .exactOptional(),
  quiet: quietSchema.exactOptional(),
  escalation: stepsSchema.exactOptional(),
});
export type Telling = ReadOnly<z.infer<typeof tellingSchema>>;

const deliveryId = text(LIMITS.traceIdLength);
const by = text(LIMITS.ownerLength);
/** To whom a delivery went, as people know it: without what is secret of an address. */
const to = text(LIMITS.noticeFact);

/** What a target of notifications is told. */
export const targetMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('notify'), notice: noticeSchema, telling: tellingSchema }),
  /** How a try to deliver came out. */
  z.object({
    type: z.literal('delivered'),
    deliveryId,
    attempt: positive(LIMITS.attempts),
    to,
  }),
  z.object({
    type: z.literal('failed'),
    deliveryId,
    attempt: positive(LIMITS.attempts),
    to,
    why: text(LIMITS.reasonLength),
    /** Whether another try may help. */
    retryable: z.boolean(),
    /** How long it asks to be left alone. */
    retryAfterMs: amount(LIMITS.retryAfterMs).exactOptional(),
  }),
  /** Something is due: what, the target knows. */
  z.object({ type: z.literal('due') }),
  /** Somebody has taken an alert up. */
  z.object({ type: z.literal('acknowledge'), alert: text(LIMITS.traceIdLength), by }),
  /** Somebody wants what could not be delivered to be tried again: all of it, where nothing is named. */
  z.object({
    type: z.literal('redrive'),
    deliveries: z.array(deliveryId).max(LIMITS.parkedDeliveries).exactOptional(),
    by,
  }),
]);
export type TargetMessage = ReadOnly<z.infer<typeof targetMessageSchema>>;
