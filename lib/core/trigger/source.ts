import { RepriseError } from '../errors';
import type { TriggerSource } from '../messages/trigger-definition';
import { isTimeZone, parseCron } from './cron';
import { compilePattern } from './pattern/pattern';

/**
 * That what wakes a trigger can be read: earlier versions took patterns and time zones that are refused now.
 * @throws RepriseError TRIGGER_INVALID names the path of what is wrong, and the mend.
 */
export function checkSource(source: TriggerSource): void {
  if (source.kind === 'event') {
    compilePattern(source.pattern);
    return;
  }
  parseCron(source.cron);
  if (isTimeZone(source.timezone)) return;
  const path = 'on.schedule.timezone';
  const message = `no time zone ${JSON.stringify(source.timezone)}: write an IANA name, such as Europe/Paris or UTC; abbreviations such as BST mean several zones`;
  const problem = { code: 'TRIGGER_INVALID' as const, path, message };
  throw new RepriseError('TRIGGER_INVALID', `${path}: ${message}`, { problems: [problem] });
}
