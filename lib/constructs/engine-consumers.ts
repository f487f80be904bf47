import { Duration } from 'aws-cdk-lib';
import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import type { ConsumerName } from '../config/schema';
import { acknowledge } from './acknowledge';
import { ALARM_PERIOD } from './alarm-topic';
import { EngineFunction, type EngineFunctionProps } from './engine-function';
import type { ConsumedQueue } from './queue-with-dlq';

/** How long the outbox relay waits for more, in seconds: what the fast path lost is performed that much later. */
export const RELAY_WINDOW_SECONDS = 5;

/** Messages of one invocation: SQS hands out at most ten of a FIFO queue. */
const BATCH = 10;

export interface QueueConsumerProps extends EngineFunctionProps {
  readonly name: ConsumerName;
  /** Messages of one invocation, where fewer than SQS hands out. */
  readonly batchSize?: number;
  /** It puts nothing into the DLQ itself: what it refuses SQS takes there. */
  readonly onlyRefuses?: boolean;
}

/**
 * A function that a queue feeds; of a batch, only what failed comes back. The queue takes as much concurrency as the
 * environment says: without a limit one that is full takes all of the account's, heartbeats' included.
 */
export function queueConsumer(
  scope: Construct,
  id: string,
  source: ConsumedQueue,
  { batchSize = BATCH, onlyRefuses = false, ...props }: QueueConsumerProps,
) {
  const consumer = new EngineFunction(scope, id, { ...props, variables: fedVariables(props, source) });
  const { name, environment } = props;
  feed(consumer, source, { batchSize, name, environment, onlyRefuses });
  return consumer.function;
}

/** What a function has to know of the queue that feeds it. */
export function fedVariables(
  { variables }: Pick<EngineFunctionProps, 'variables'>,
  { queue, dlq }: ConsumedQueue,
): Record<string, string> {
  return { ...variables, QUEUE_URL: queue.queueUrl, DLQ_URL: dlq.queueUrl };
}

type Feeding = Pick<QueueConsumerProps, 'batchSize' | 'onlyRefuses' | 'name' | 'environment'>;

/** Feeds a function by a queue: one message after the other where it says no more. */
export function feed(
  consumer: EngineFunction,
  { queue, dlq }: ConsumedQueue,
  { batchSize = 1, onlyRefuses = false, name, environment }: Feeding,
): void {
  // What can never be handled it puts there itself, with the reason.
  if (!onlyRefuses) dlq.grantSendMessages(consumer.function);
  const maxConcurrency = environment.concurrency.consumers[name];
  consumer.live.addEventSource(
    new SqsEventSource(queue, { batchSize, maxConcurrency, reportBatchItemFailures: true }),
  );
}

/** The outbox relay: reads every event appended to a journal and asks for the effects that were not confirmed. */
export class OutboxRelay extends EngineFunction {
  constructor(scope: Construct, id: string, table: Table, props: EngineFunctionProps) {
    super(scope, id, props);
    this.live.addEventSource(
      new DynamoEventSource(table as ITable, {
        // From the oldest record: what was appended while this was deployed counts too.
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        filters: [
          FilterCriteria.filter({
            eventName: FilterRule.isEqual('INSERT'),
            dynamodb: { Keys: { sk: { S: FilterRule.beginsWith('EVT#') } } },
          }),
        ],
        reportBatchItemFailures: true,
        // The fast path confirms most appends within it: what is left is what needs the outbox relay. All that follows
        // from one report is appended within some seconds, and comes together.
        maxBatchingWindow: Duration.seconds(props.environment.fastPath ? RELAY_WINDOW_SECONDS : 0),
        bisectBatchOnError: true,
        // For as long as the stream keeps an event, a day: what is given up is only where it stood, and no redrive brings
        // it back. What is older the sweep finds.
        retryAttempts: -1,
      }),
    );
    acknowledge(
      this.function,
      ['IAM5[Resource::*]'],
      'dynamodb:ListStreams and X-Ray have no resources to name.',
    );
    props.alarms.raise(this, 'IteratorAge', {
      metric: this.function.metric('IteratorAge', { period: ALARM_PERIOD, statistic: 'Maximum' }),
      above: Duration.minutes(5).toMilliseconds(),
      periods: 3,
      description: 'Unconfirmed effects wait in the stream of the table.',
      runbook: 'relayBehind',
    });
  }
}

export interface ClockedProps extends EngineFunctionProps {
  readonly every: Duration;
  /** What it is for. */
  readonly description: string;
}

/**
 * A function that the clock calls. What it missed, the next turn makes good, so there is nothing to keep of a turn that
 * failed, and no DLQ.
 */
export class Clocked extends EngineFunction {
  constructor(scope: Construct, id: string, { every, description, ...props }: ClockedProps) {
    super(scope, id, props);
    // By then the next turn asks again; without it, turns of the past six hours would be made up for at once.
    const maxEventAge = Duration.minutes(Math.min(60, every.toMinutes()));
    this.live.configureAsyncInvoke({ maxEventAge, retryAttempts: 1 });
    new Rule(this, 'Clock', {
      schedule: Schedule.rate(every),
      description,
      targets: [new FunctionTarget(this.live, { retryAttempts: 2, maxEventAge })],
    });
  }
}
