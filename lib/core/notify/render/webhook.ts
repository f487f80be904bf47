import { createHmac } from 'node:crypto';
import { RepriseError } from '../../errors';
import type { Notice } from '../../messages/target';
import { present } from '../../model/present';
import { type Content, headlineOf, severityOf } from './headline';

const SECRET = /^(whsec_)?([A-Za-z0-9+/]+={0,2})$/;
/** What https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md asks of a secret, bytes. */
const [LEAST, MOST] = [24, 64];

/** The body of a webhook: one notice as its event, several as a digest of them. */
export function webhookBody(content: Content): string {
  const { notices, more } = content;
  const [first] = notices;
  if (first && notices.length === 1 && more === 0) return JSON.stringify(bodyOf(first));
  return JSON.stringify({
    type: 'reprise.digest',
    timestamp: new Date(first?.at ?? 0).toISOString(),
    data: { title: headlineOf(content), severity: severityOf(content), notices: notices.map(bodyOf), more },
  });
}

function bodyOf(notice: Notice) {
  const { id, type, at, topic, severity, title, text, detail = {}, ...rest } = notice;
  const { owner, jobId, graph, outcome, link, alert, sample } = rest;
  const facts = present({ owner, job_id: jobId, graph, outcome, link, alert, sample });
  const data = { id, topic, severity, title, text, ...facts, event: detail };
  return { type, timestamp: new Date(at).toISOString(), data };
}

/**
 * The headers that sign a body: id, time and signature. A receiver checks them by any library of the scheme.
 * @param secret base64, with `whsec_` before it or without.
 * @param at milliseconds since the epoch.
 * @throws RepriseError INPUT_INVALID where the secret is none; its text is not in the message.
 */
export function signedHeaders(
  secret: string,
  { id, at, body }: { readonly id: string; readonly at: number; readonly body: string },
): Readonly<Record<string, string>> {
  const [, , text = ''] = SECRET.exec(secret.trim()) ?? [];
  const key = Buffer.from(text, 'base64');
  if (key.length < LEAST || key.length > MOST) {
    const message = `the secret of a webhook is base64 of ${LEAST} to ${MOST} bytes, with whsec_ before it: \`openssl rand -base64 32\` makes one`;
    throw new RepriseError('INPUT_INVALID', message);
  }
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
