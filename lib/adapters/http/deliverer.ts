import { createHash } from 'node:crypto';
import { assertNever, RepriseError } from '../../core/errors';
import type { Notice } from '../../core/messages/target';
import { present } from '../../core/model/present';
import type { Clock } from '../../core/model/time';
import { callsOf } from '../../core/notify/calls';
import { commitStatus } from '../../core/notify/render/commit-status';
import { mailOf } from '../../core/notify/render/mail';
import { slackMessage } from '../../core/notify/render/slack';
import { signedHeaders, webhookBody } from '../../core/notify/render/webhook';
import type { SecretRef, TargetDefinition } from '../../core/notify/rules';
import type { Deliverer, Mailer, NotificationEngine, Outgoing } from '../../core/ports/notifications';
import { createNotificationClient } from './notification-client';
import { post } from './receiver';

/** Patience with a receiver, milliseconds. */
const TIMEOUT_MS = 10_000;

export interface DelivererDeps {
  /** Calls receivers, and refuses addresses that must not be called. */
  readonly fetch: typeof fetch;
  /** The value of a secret. @throws RepriseError SECRET_NOT_FOUND */
  readonly secret: (ref: SecretRef) => Promise<string>;
  /** What sends the email of a target. */
  readonly mailer: (target: EmailTarget) => Promise<Mailer>;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

type Target<T extends TargetDefinition['type']> = Extract<TargetDefinition, { readonly type: T }>;
export type EmailTarget = Target<'email'>;

type Send = (path: string, body: string, headers?: Readonly<Record<string, string>>) => Promise<void>;

/** Delivers to webhooks, Slack, email, commits and notification engines. */
export function createDeliverer(deps: DelivererDeps): Deliverer {
  const { fetch, clock, secret, timeoutMs = TIMEOUT_MS } = deps;
  const sendTo: Send = (url, body, headers = {}) => post({ url, headers, body, timeoutMs, fetch, clock });

  async function deliver(target: TargetDefinition, message: Outgoing): Promise<string> {
    switch (target.type) {
      case 'webhook': {
        const url = typeof target.url === 'string' ? target.url : await secretUrl(target.url);
        const body = webhookBody(message);
        const signed = { id: publicId(message.id), at: message.at, body };
        await sendTo(url, body, signedHeaders(await secret(target.secret), signed));
        return hostOf(url);
      }
      case 'slack': {
        const url = await secretUrl(target.url);
        await sendTo(url, JSON.stringify(slackMessage(message)));
        return hostOf(url);
      }
      case 'email': {
        const mailer = await deps.mailer(target);
        const { from, to } = target;
        await mailer.send({ id: publicId(message.id), from, to, ...mailOf(message) });
        return to.join(', ');
      }
      case 'github':
        return status(target, message);
      case 'notification-engine':
        return tellEngine(target, message);
      default:
        return assertNever(target, 'target');
    }
  }

  /** An address that is secret is checked here: what the file says was checked as it was read. */
  async function secretUrl(ref: SecretRef): Promise<string> {
    const url = (await secret(ref)).trim();
    if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
    const place = 'env' in ref ? ref.env : ref.arn;
    throw new RepriseError('INPUT_INVALID', `the secret ${place} is no address: it must begin with https://`);
  }

  async function status(target: Target<'github'>, { notices }: Outgoing): Promise<string> {
    const { api, repository, context } = target;
    const headers = {
      authorization: `Bearer ${await secret(target.token)}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    };
    const statuses = notices.flatMap((notice) => commitStatus(notice, context) ?? []);
    // One after the other: the last one of a commit is what stands.
    for (const { commit, body } of statuses)
      await sendTo(`${api}/repos/${repository}/statuses/${commit}`, JSON.stringify(body), headers);
    return `${repository} ${statuses.map(({ commit }) => commit.slice(0, 12)).join(', ')}`.trim();
  }

  async function tellEngine(target: Target<'notification-engine'>, message: Outgoing): Promise<string> {
    const { url } = target;
    const token = await secret(target.token);
    const engine = createNotificationClient({ url, token, timeoutMs, ...present({ fetch }) });
    // What was sent already is known to it by its id.
    for (const notice of message.notices) await tell(engine, notice);
    return hostOf(url);
  }

  return { deliver: async (target, message) => ({ to: await deliver(target, message) }) };
}

async function tell(engine: NotificationEngine, notice: Notice): Promise<void> {
  const calls = callsOf(notice, publicId(notice.id));
  switch (notice.topic) {
    case 'execution':
      await engine.sendExecutionNotification(calls.execution());
      return;
    case 'failure':
      await engine.sendFailureAlert(calls.failure());
      return;
    case 'recovery':
      await engine.sendRecoveryNotification(calls.recovery());
      return;
    case 'health':
      await engine.sendHealthAlert(calls.health());
      return;
    default:
      assertNever(notice.topic, 'topic');
  }
}

/** An id that fits a header and a signature, in which a full stop has a meaning. */
const publicId = (id: string): string => `msg_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;

const hostOf = (url: string): string => new URL(url).host;
