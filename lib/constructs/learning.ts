import { type EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { JOB_ENDED } from '../core/job/effects';
import { EVENT_SOURCE } from '../core/messages/public-event';
import { queueConsumer } from './engine-consumers';
import type { FunctionSetting } from './engine-function';
import type { EngineParts } from './function-variables';
import { grantBucket, grantTable } from './permissions';
import { letRulesSend, wholeEventTo } from './rule-to-queue';

export interface LearningProps {
  readonly bus: EventBus;
  readonly parts: EngineParts;
  readonly setting: FunctionSetting;
}

/** Learns from every job that has ended: hears of it on the engine's bus and reads its journal. */
export class Learning extends Construct {
  constructor(scope: Construct, id: string, { bus, parts, setting }: LearningProps) {
    super(scope, id);
    const { lessons } = parts.queues;
    const rule = new Rule(this, 'Ended', {
      eventBus: bus,
      description: 'Jobs that have ended, to whoever learns from them',
      eventPattern: { source: Match.exactString(EVENT_SOURCE), detailType: [...JOB_ENDED] },
      targets: [wholeEventTo(lessons, 'ended')],
    });
    letRulesSend(lessons, { ArnEquals: { 'aws:SourceArn': rule.ruleArn } });
    const learner = queueConsumer(this, 'Learner', lessons, {
      ...{ ...setting, name: 'learner' },
      // The journal of a large job takes as long as one invocation has.
      batchSize: 1,
    });
    grantTable(learner, parts, 'write');
    grantBucket(learner, parts, 'read');
    // It says what flakes more than it used to.
    parts.bus.grantPutEventsTo(learner);
  }
}
