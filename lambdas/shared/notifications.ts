import { createSesMailerIn } from '../../lib/adapters/aws/mail/ses';
import { createAwsSecrets } from '../../lib/adapters/aws/secrets/aws-secrets';
import { createDeliverer } from '../../lib/adapters/http/deliverer';
import { createWorkerAddresses } from '../../lib/adapters/http/worker-addresses';
import { createSmtpMailer } from '../../lib/adapters/mail/smtp';
import { RepriseError } from '../../lib/core/errors';
import { type Notifications, parseNotifications, type SecretRef } from '../../lib/core/notify/rules';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';

const kept = once(() => createAwsSecrets(Date.now));

const NO_RULES: Notifications = { targets: {}, rules: [] };

/** The rules of this deployment, as the parameter has them within the last minute. */
export async function notificationRules(): Promise<Notifications> {
  const { NOTIFICATIONS_ARN: arn } = readEnv('NOTIFICATIONS_ARN');
  if (arn === '') return NO_RULES;
  return parseNotifications(await kept()(arn), 'the rules of notifications');
}

/** A function has no variables of its own for secrets. */
async function secret(ref: SecretRef): Promise<string> {
  if ('arn' in ref) return kept()(ref.arn);
  throw new RepriseError('SECRET_NOT_FOUND', `a deployed engine has no variable ${ref.env}: give an ARN`);
}

/** For a mail server: connecting, greeting, and each answer, milliseconds. */
const SMTP_TIMEOUT_MS = 8_000;

/** Receivers are called by https, but where the deployment allows http, and at no address of the engine's own. */
export const deliverer = once(() =>
  createDeliverer({
    fetch: createWorkerAddresses({ httpCidrs: readEnv('RECEIVER_CIDRS').RECEIVER_CIDRS, whose: 'receivers' })
      .fetch,
    secret,
    clock: Date.now,
    async mailer({ smtp, region }) {
      if (!smtp) return createSesMailerIn(region);
      const { host, port, tls, user, password } = smtp;
      const auth = user === undefined || !password ? {} : { auth: { user, pass: await secret(password) } };
      return createSmtpMailer({ host, port, tls, timeoutMs: SMTP_TIMEOUT_MS, ...auth });
    },
  }),
);
