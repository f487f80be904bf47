import { Hono } from 'hono';
import { Webhook } from 'standardwebhooks';
import { listen } from '../../lib/adapters/http/listen';

/** What a receiver of webhooks got: its signature verifies, by a library of the scheme. */
export interface Received {
  readonly id: string;
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  /** When it came, milliseconds since the epoch. */
  readonly arrivedAt: number;
  readonly data: Readonly<Record<string, unknown>> & {
    readonly event?: Readonly<Record<string, unknown>>;
  };
}

export interface WebhookReceiver {
  readonly url: string;
  readonly secret: string;
  readonly received: Received[];
  /** The next calls are answered so, and count as not received. */
  readonly refusals: number[];
  readonly close: () => Promise<void>;
}

/** A receiver of Standard Webhooks on this machine. What is not signed by its secret it answers with 401. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const received: Received[] = [];
  const refusals: number[] = [];
  const app = new Hono();
  app.post('/hook', async (context) => {
    const arrivedAt = Date.now();
    const refusal = refusals.shift();
    if (refusal !== undefined) return context.text('not now', refusal as 503);
    const headers = Object.fromEntries(context.req.raw.headers);
    try {
      const body = new Webhook(secret).verify(await context.req.text(), headers);
      const { type, timestamp, data } = body as Pick<Received, 'type' | 'timestamp' | 'data'>;
      received.push({ id: headers['webhook-id'] ?? '', type, timestamp, arrivedAt, data });
    } catch {
      return context.text('its signature does not verify', 401);
    }
    return context.text('ok');
  });
  const { address, close } = await listen(app, { host: '127.0.0.1', port: 0 });
  return { url: `${address}/hook`, secret, received, refusals, close };
}
