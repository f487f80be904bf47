import { basename } from 'node:path';
import { createDeliverer } from '../adapters/http/deliverer';
import { createWorkerAddresses } from '../adapters/http/worker-addresses';
import { parseNotifications, type SecretRef } from '../core/notify/rules';
import type { Deliverer, Mailer } from '../core/ports/notifications';
import type { Secrets } from '../core/ports/secrets';
import type { NotifyingOptions } from '../server/notifying';
import { readText } from './files';
import { say } from './options';
import { fetchSecretLater } from './secret-options';

export interface NotificationOptions {
  readonly notifications?: string;
}

export const NOTIFICATIONS_OPTION = [
  '--notifications <file>',
  'whom to tell of what happens: YAML of targets and rules (docs/notifications.md)',
] as const;

/** What the file of `--notifications` says, and what delivers; nothing where it is not given. */
export async function notificationsIn(
  { notifications: file }: NotificationOptions,
  secrets: Secrets,
): Promise<{ notifications?: NotifyingOptions }> {
  if (file === undefined) return {};
  const rules = parseNotifications(await readText(file), basename(file));
  return { notifications: { rules, deliverer: localDeliverer(secrets), warn: say } };
}

/** Networks in which a receiver may be called by http: this machine, and those that no router of the internet knows. */
const HTTP_CIDRS = ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/** For a mail server: connecting, greeting, and each answer, milliseconds. */
const SMTP_TIMEOUT_MS = 10_000;

/** What delivers from this machine. */
function localDeliverer(secrets: Secrets): Deliverer {
  const fetchSecret = fetchSecretLater();
  const secret = (ref: SecretRef) => ('env' in ref ? secrets.resolve(ref.env) : fetchSecret(ref.arn));
  return createDeliverer({
    fetch: createWorkerAddresses({ httpCidrs: HTTP_CIDRS, whose: 'receivers' }).fetch,
    secret,
    clock: Date.now,
    async mailer({ smtp, region }): Promise<Mailer> {
      if (!smtp) return (await import('../adapters/aws/mail/ses')).createSesMailerIn(region);
      const { createSmtpMailer } = await import('../adapters/mail/smtp');
      const { host, port, tls, user, password } = smtp;
      const auth = user === undefined || !password ? {} : { auth: { user, pass: await secret(password) } };
      return createSmtpMailer({ host, port, tls, timeoutMs: SMTP_TIMEOUT_MS, ...auth });
    },
  });
}
