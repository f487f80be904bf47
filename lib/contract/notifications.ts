import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { SEVERITIES } from '../core/messages/event-types';
import { line, recordOf, text } from '../core/model/bounded';
import { idSchema } from '../core/model/ids';
import { JOB_OUTCOMES } from '../core/model/outcome';
import { listKeys, nextPage } from './list';

/** What a notification engine serves: four calls, each `POST` with the id of the notification as `Idempotency-Key`. */

const word = line(LIMITS.ownerLength);
const notification = {
  notification_id: text(LIMITS.traceIdLength),
  event_type: word,
  at: z.iso.datetime().max(64),
  severity: z.enum(SEVERITIES),
  title: text(LIMITS.noticeTitle),
  text: text(LIMITS.noticeText),
  owner: word.optional(),
  job_id: idSchema.optional(),
  detail: recordOf(z.string().max(LIMITS.idLength), z.unknown(), {
    most: LIMITS.noticeFields,
    bytes: LIMITS.noticeDetail,
  }),
};

/** `POST /execution-notifications` */
const executionNotification = z.object({
  ...notification,
  graph: word.optional(),
  outcome: z.enum(JOB_OUTCOMES).optional(),
});

/** `POST /failure-alerts` */
const failureAlert = executionNotification.extend({ reason: text(LIMITS.messageLength).optional() });

/** `POST /recovery-notifications` */
const recoveryNotification = z.object({
  ...notification,
  node_id: idSchema.optional(),
  strategy: word.optional(),
  cause: word.optional(),
  required_action: word.optional(),
  escalation: z
    .array(
      z.object({
        notify: word,
        after_minutes: z
          .number()
          .min(0)
          .max(LIMITS.escalationMs / 60_000),
      }),
    )
    .max(LIMITS.escalationSteps)
    .optional(),
});

/** `POST /health-alerts` */
const healthAlert = z.object({
  ...notification,
  pool: idSchema.optional(),
  worker_id: idSchema.optional(),
  dependency: idSchema.optional(),
});

/** The bodies of the calls, by their paths. */
export const notificationBodies = {
  '/execution-notifications': executionNotification,
  '/failure-alerts': failureAlert,
  '/recovery-notifications': recoveryNotification,
  '/health-alerts': healthAlert,
} as const;
export type NotificationPath = keyof typeof notificationBodies;
export type NotificationBody<P extends NotificationPath> = z.input<(typeof notificationBodies)[P]>;

/** The answer to each of them. */
export const notificationResult = z.object({
  notification_id: text(LIMITS.traceIdLength),
  status: z.enum(['accepted', 'duplicate']),
});

export const targetParams = z.object({ name: idSchema });

const delivery = z.object({
  id: z.string(),
  title: z.string(),
  notices: z.number(),
  /** Tries that were made. */
  attempts: z.number(),
  why: z.string().optional(),
});
const BREAKERS = ['closed', 'open', 'half_open'] as const;

const summary = z.object({
  name: idSchema,
  type: z.string(),
  breaker: z.enum(BREAKERS),
  /** Deliveries that are to be made, and notices that wait for the end of quiet hours or for a digest. */
  waiting: z.number(),
  held: z.number(),
  /** Deliveries that could not be made. */
  parked: z.number(),
  /** Alerts that nobody has acknowledged. */
  alerts: z.number(),
});
export type TargetSummary = z.infer<typeof summary>;

/** `GET /notifications` */
export const listTargetsQuery = z.strictObject({
  breaker: z.enum(BREAKERS).optional(),
  ...listKeys(['name', '-name', 'parked', '-parked', 'alerts', '-alerts']),
});

/** `GET /notifications`: the targets that the rules name. */
export const listTargetsResponse = z.object({ targets: z.array(summary), ...nextPage });

/** `GET /notifications/{name}`, and the answer to every change. */
export const targetView = summary.extend({
  open_alerts: z.array(
    z.object({ id: z.string(), title: z.string(), since: z.iso.datetime(), next: z.string().optional() }),
  ),
  parked_deliveries: z.array(delivery),
  /** Latest first. */
  recent: z.array(
    z.object({
      at: z.iso.datetime(),
      outcome: z.enum(['succeeded', 'failed', 'parked']),
      title: z.string(),
      attempt: z.number(),
      to: z.string().optional(),
      why: z.string().optional(),
    }),
  ),
});
export type TargetView = z.infer<typeof targetView>;

/** `POST /notifications/{name}/acknowledge`: nobody else is told of the alert. */
export const acknowledgeRequest = z.strictObject({ alert: text(LIMITS.traceIdLength).min(1) });

/** `POST /notifications/{name}/redrive`: these are sent again, or all that could not be sent. */
export const redriveTargetRequest = z.strictObject({
  deliveries: z.array(text(LIMITS.traceIdLength)).max(LIMITS.parkedDeliveries).optional(),
});
