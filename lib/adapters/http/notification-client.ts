import { trimSlash } from '../../client/exchange';
import {
  type NotificationBody,
  type NotificationPath,
  notificationResult,
} from '../../contract/notifications';
import { present } from '../../core/model/present';
import type { ExecutionNotification } from '../../core/notify/calls';
import type { NotificationEngine, NotificationResult } from '../../core/ports/notifications';
import { call } from './call';

export interface NotificationClientOptions {
  /** Where the notification engine serves the contract. */
  readonly url: string;
  readonly token: string;
  /** For each call, milliseconds. */
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch;
}

/**
 * A notification engine over HTTP (`lib/contract/notifications.ts`). Tries once: whoever calls has retries of his own.
 * @throws RepriseError UPSTREAM_UNAVAILABLE (retryable) where it does not answer or is busy; a terminal one where it refuses.
 */
export function createNotificationClient(options: NotificationClientOptions): NotificationEngine {
  const { token, timeoutMs, fetch } = options;
  const base = trimSlash(options.url);

  async function post<P extends NotificationPath>(
    path: P,
    body: NotificationBody<P>,
  ): Promise<NotificationResult> {
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': body.notification_id };
    const request = { method: 'POST' as const, url: `${base}${path}`, headers, body, timeoutMs };
    const { notification_id, status } = await call({ ...request, ...present({ fetch }) }, notificationResult);
    return { notificationId: notification_id, status };
  }

  return {
    async sendExecutionNotification(notification) {
      const { graph, outcome } = notification;
      return post('/execution-notifications', { ...bodyOf(notification), ...present({ graph, outcome }) });
    },
    async sendFailureAlert(alert) {
      const { graph, outcome, reason } = alert;
      return post('/failure-alerts', { ...bodyOf(alert), ...present({ graph, outcome, reason }) });
    },
    async sendRecoveryNotification(recovery) {
      const {
        nodeId: node_id,
        strategy,
        cause,
        requiredAction: required_action,
        escalation: steps,
      } = recovery;
      const escalation = steps?.map(({ notify, afterMinutes }) => ({ notify, after_minutes: afterMinutes }));
      const own = present({ node_id, strategy, cause, required_action, escalation });
      return post('/recovery-notifications', { ...bodyOf(recovery), ...own });
    },
    async sendHealthAlert(health) {
      const { pool, workerId: worker_id, dependency } = health;
      return post('/health-alerts', { ...bodyOf(health), ...present({ pool, worker_id, dependency }) });
    },
  };
}

/** What all calls have. */
function bodyOf(notification: Omit<ExecutionNotification, 'graph' | 'outcome'>) {
  const { notificationId, eventType, at, severity, title, text, owner, jobId, detail } = notification;
  return {
    ...{ notification_id: notificationId, event_type: eventType, at: new Date(at).toISOString() },
    ...{ severity, title, text, detail },
    ...present({ owner, job_id: jobId }),
  };
}
