import { z } from 'zod';
import { LIMITS } from '../core/limits';
import { SEVERITIES } from '../core/messages/event-types';
import { line, recordOf, text } from '../core/model/bounded';
import { idSchema } from '../core/model/ids';
import { JOB_OUTCOMES } from '../core/model/outcome';

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
