import * as z from 'zod';
import { type TriggersBody, triggersBody } from '../../lib/adapters/aws/queues/queue-messages';
import { RepriseError } from '../../lib/core/errors';
import { triggerAt } from '../../lib/core/messages/address';
import { JOB_REQUESTED, TRIGGER_RULE_PREFIX } from '../../lib/core/messages/public-event';

/** Nobody else may put events of this source on a bus. */
const STEP_FUNCTIONS = 'aws.states';

/** An event that no rule has made anything of. */
const rawEvent = z.looseObject({
  id: z.string(),
  source: z.string(),
  'detail-type': z.string(),
  detail: z.unknown(),
});

/**
 * What comes in the queue `triggers`: what rules and the engine send, and what is redriven from its DLQ. What
 * EventBridge could not deliver it leaves there as the event itself, and not as its rule would have handed it over.
 */
export const deliveredBody = z.union([triggersBody, rawEvent]);

/**
 * What the rule would have made of a raw event; anything else is as it is.
 * @param ruleArn of the rule, which EventBridge notes on what it leaves in a DLQ.
 * @throws RepriseError INPUT_INVALID where nothing says whom the event is for.
 */
export function asDelivered(body: z.output<typeof deliveredBody>, ruleArn: string | undefined): TriggersBody {
  if ('kind' in body && !('detail-type' in body)) return body as TriggersBody;
  const event = rawEvent.parse(body);
  const rule = ruleArn?.slice(ruleArn.lastIndexOf('/') + 1) ?? '';
  if (rule.startsWith(TRIGGER_RULE_PREFIX)) {
    const to = triggerAt(rule.slice(TRIGGER_RULE_PREFIX.length));
    const actor = { kind: 'engine', id: 'event-bridge' } as const;
    return triggersBody.parse({ kind: 'input', to, actor, message: { type: 'event', event } });
  }
  if (event.source === STEP_FUNCTIONS) return triggersBody.parse({ kind: 'workflow', event });
  if (event['detail-type'] === JOB_REQUESTED) return triggersBody.parse({ kind: 'request', event });
  throw new RepriseError(
    'INPUT_INVALID',
    `event ${event.id} asks for no job, and no attribute RULE_ARN says which trigger it is for: send it with that of its message in the DLQ`,
  );
}
