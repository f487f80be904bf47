import { createTransport } from 'nodemailer';
import { RepriseError } from '../../core/errors';
import type { Mailer } from '../../core/ports/notifications';

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS, without which nothing is sent to another machine. */
  readonly tls: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
  /** For connecting, for the greeting, and for each answer, milliseconds. */
  readonly timeoutMs: number;
}

/** A server on this machine is reached by no network that could be listened to. */
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** Sends email to a server by SMTP: one connection a mail. */
export function createSmtpMailer({ host, port, tls, auth, timeoutMs }: SmtpOptions): Mailer {
  const transport = createTransport({
    ...{ host, port, secure: tls, requireTLS: !tls && !LOCAL.test(host) },
    ...(auth ? { auth } : {}),
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
    // A mail of ours is text: nothing is fetched for it.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  return {
    async send({ id, from, to, subject, text }) {
      try {
        await transport.sendMail({ from, to: [...to], subject, text, messageId: `<${id}@reprise>` });
      } catch (error) {
        throw refused(`${host}:${port}`, error as SmtpError);
      }
    },
  };
}

/** Where there was no answer to go by: https://nodemailer.com/errors */
const LASTING: ReadonlySet<string> = new Set(['EAUTH', 'EENVELOPE', 'ETLS', 'EMESSAGE', 'ENOAUTH']);

interface SmtpError extends Error {
  /** Of the answer: https://www.rfc-editor.org/rfc/rfc5321#section-4.2 */
  readonly responseCode?: number;
  readonly code?: string;
}

/** 4yz may be otherwise later, 5yz stays: without an answer nobody knows. */
function refused(where: string, error: SmtpError): RepriseError {
  const { responseCode = 0, message, code } = error;
  const isLasting = responseCode > 0 ? responseCode >= 500 : LASTING.has(code ?? '');
  const said = `${where}: ${message.replace(/[\p{Cc}\s]+/gu, ' ').slice(0, 200)}`;
  return new RepriseError(isLasting ? 'INPUT_INVALID' : 'UPSTREAM_UNAVAILABLE', said);
}
