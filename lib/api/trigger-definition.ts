import type * as z from 'zod';
import type { putTriggerRequest } from '../contract/triggers';
import { RepriseError } from '../core/errors';
import type { TriggerDefinition, TriggerSource } from '../core/messages/trigger-definition';
import { present } from '../core/model/present';
import { formatCron, parseCron } from '../core/trigger/cron';
import { heardBy } from '../core/trigger/hearing';
import { isBadPath } from '../core/trigger/parameters';
import { compilePattern } from '../core/trigger/pattern/pattern';
import { checkSource } from '../core/trigger/source';

type Request = z.output<typeof putTriggerRequest>;

/**
 * The trigger that a request describes, once the hash of its graph is known.
 * @param hearsOf the owner whose events it hears only; undefined for one that hears everyone's.
 * @throws RepriseError TRIGGER_INVALID names the path of what is wrong, and the mend.
 */
export function definitionOf(
  name: string,
  request: Request,
  hearsOf?: string,
): (graphHash: string) => TriggerDefinition {
  const { priority, pool, deadline, parameters } = request.job;
  const source = sourceOf(request.on);
  // The rule that it becomes is longer.
  if (source.kind === 'event' && hearsOf !== undefined) compilePattern(heardBy(hearsOf, source.pattern));
  for (const [key, text] of Object.entries(parameters ?? {})) {
    if (isBadPath(text)) {
      const message = `${JSON.stringify(text)} is no path into an event: write one such as $.detail.commit or $.detail.files[0]`;
      throw invalid(`job.parameters.${key}`, message);
    }
  }
  // Two runs of the same schedule seldom make sense; two events are two different things.
  const overlap = request.overlap ?? (source.kind === 'schedule' ? 'skip' : 'allow');
  const job = { priority, pool, ...present({ deadlineMs: deadline, parameters }) };
  return (graphHash) => ({ name, source, overlap, job: { graphHash, ...job } });
}

function sourceOf({ schedule, event }: Request['on']): TriggerSource {
  const source: TriggerSource =
    schedule === undefined
      ? { kind: 'event', pattern: event ?? {} }
      : { kind: 'schedule', ...schedule, cron: formatCron(parseCron(schedule.cron)) };
  checkSource(source);
  return source;
}

function invalid(path: string, message: string): RepriseError {
  const problem = { code: 'TRIGGER_INVALID' as const, path, message };
  return new RepriseError('TRIGGER_INVALID', `${path}: ${message}`, { problems: [problem] });
}
