import { Hono } from 'hono';
import { listen } from '../../lib/adapters/http/listen';
import { type NotificationPath, notificationBodies } from '../../lib/contract/notifications';

export interface NotificationServer {
  readonly url: string;
  /** What was sent, by `<path> <id>`: parsed by the contract. */
  readonly taken: Map<string, Record<string, unknown>>;
  /** The next calls are answered so. */
  readonly answers: Response[];
  readonly close: () => Promise<void>;
}

/** A notification engine that serves the contract, on this machine. */
export async function startNotificationServer(token: string): Promise<NotificationServer> {
  const taken = new Map<string, Record<string, unknown>>();
  const answers: Response[] = [];
  const app = new Hono();
  for (const path of Object.keys(notificationBodies) as NotificationPath[]) {
    app.post(path, async (context) => {
      const answer = answers.shift();
      if (answer) return answer;
      if (context.req.header('authorization') !== `Bearer ${token}`) return context.json({}, 401);
      const body = notificationBodies[path].strict().parse(await context.req.json()) as Record<
        string,
        unknown
      >;
      const key = `${path} ${body['notification_id']}`;
      if (context.req.header('idempotency-key') !== body['notification_id']) return context.json({}, 400);
      const status = taken.has(key) ? 'duplicate' : 'accepted';
      taken.set(key, body);
      return context.json({ notification_id: body['notification_id'], status }, 202);
    });
  }
  const listening = await listen(app, { host: '127.0.0.1', port: 0 });
  return { url: listening.address, taken, answers, close: listening.close };
}
