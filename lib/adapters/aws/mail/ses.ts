import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { RepriseError } from '../../../core/errors';
import { present } from '../../../core/model/present';
import type { Mailer } from '../../../core/ports/notifications';
import { isNamed, upstream } from '../aws-errors';

/** What SES does not take, however often it is asked. */
const REFUSALS = [
  ...['MessageRejected', 'MailFromDomainNotVerifiedException', 'AccountSuspendedException'],
  ...['SendingPausedException', 'BadRequestException', 'NotFoundException', 'AccessDeniedException'],
];

/** Of the region that this process is in, where none is given. */
export function createSesMailerIn(region: string | undefined): Mailer {
  return createSesMailer(new SESv2Client({ ...present({ region }), requestHandler: PATIENCE }));
}

/** Milliseconds for each try. */
const PATIENCE = { connectionTimeout: 2_000, requestTimeout: 8_000, throwOnRequestTimeout: true };

/** Sends email by SES. Its sender has to be verified there. */
export function createSesMailer(client: Pick<SESv2Client, 'send'>): Mailer {
  return {
    async send({ from, to, subject, text }) {
      const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
      const command = new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [...to] },
        Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(text) } } },
      });
      try {
        await upstream('SES', () => client.send(command));
      } catch (error) {
        if (!isNamed(error, ...REFUSALS)) throw error;
        throw new RepriseError('INPUT_INVALID', `SES: ${(error as Error).message}`, { cause: error });
      }
    },
  };
}
