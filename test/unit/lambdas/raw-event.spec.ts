import { asDelivered, deliveredBody } from '../../../lambdas/triggers/raw-event';
import { triggersBody } from '../../../lib/adapters/aws/queues/queue-messages';
import { JOB_REQUESTED } from '../../../lib/core/messages/public-event';

const RULES = 'arn:aws:events:eu-west-1:111122223333:rule/reprise-dev';
const event = (detailType: string) => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': detailType,
  source: 'ci',
  account: '111122223333',
  time: '2026-11-29T07:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: { kind: 'push', branch: 'main' },
});
const delivered = (body: unknown, ruleArn?: string) => asDelivered(deliveredBody.parse(body), ruleArn);

describe('what is redriven from the DLQ of triggers', () => {
  it('is the request that its rule would have made, where the event asks for a job', () => {
    const raw = event(JOB_REQUESTED);
    const request = triggersBody.parse({ kind: 'request', event: raw });
    expect(delivered(raw, `${RULES}/Reprise-JobRequested-1A2B`)).toEqual(request);
    expect(delivered(raw)).toEqual(request);
  });

  it('is what the trigger’s rule would have handed it, whole', () => {
    const raw = event('push');
    expect(delivered(raw, `${RULES}/reprise-trigger-t1`)).toEqual({
      kind: 'input',
      to: { kind: 'trigger', id: 't1' },
      actor: { kind: 'engine', id: 'event-bridge' },
      message: { type: 'event', event: raw },
      tries: 0,
    });
  });

  it('is the end of an execution, where Step Functions says it', () => {
    const detail = { name: 'k-1', executionArn: 'arn:aws:states:e', status: 'FAILED', cause: null };
    const raw = { ...event('Step Functions Execution Status Change'), source: 'aws.states', detail };
    expect(delivered(raw, 'arn:aws:events:eu-west-1:111122223333:rule/reprise-dev-Ended')).toEqual(
      triggersBody.parse({ kind: 'workflow', event: raw }),
    );
  });

  it('is for the trigger whose rule it is, even if it asks for a job', () => {
    expect(delivered(event(JOB_REQUESTED), `${RULES}/reprise-trigger-t1`)).toMatchObject({
      kind: 'input',
      to: { id: 't1' },
    });
  });

  it('is as it was where a consumer failed', () => {
    const tick = {
      kind: 'input',
      to: { kind: 'trigger', id: 't1' },
      message: { type: 'due' },
      id: 'clock/2026-11-29T07:00:00Z',
    };
    expect(delivered(tick, `${RULES}/reprise-trigger-t2`)).toEqual({ ...tick, tries: 0 });
  });

  it('is refused where nothing says whom it is for, and says what is missing', () => {
    expect(() => delivered(event('push'))).toThrow(/no attribute RULE_ARN/);
    expect(() => delivered(event('push'), `${RULES}/some-rule`)).toThrow(/which trigger it is for/);
    expect(() => delivered({ id: 'x' })).toThrow();
  });
});
