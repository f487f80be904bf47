import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ARCHIVE_MARGIN_DAYS } from '../config/schema';
import { LETTER_ARCHIVE } from '../core/dlq/archive-key';
import { acknowledgeWildcards } from './acknowledge';
import type { Alarms } from './alarm-topic';
import { Clocked, queueConsumer } from './engine-consumers';
import type { FunctionSetting } from './engine-function';
import type { EngineParts } from './function-variables';
import { grantBucket, grantLetters, grantTable } from './permissions';
import type { ConsumedQueue } from './queue-with-dlq';

/** A queue whose poisoned messages are in the list of letters, by the name that they have there. */
export type WatchedQueues = Readonly<Record<string, ConsumedQueue>>;

export interface LetterFunctionsProps {
  readonly parts: EngineParts;
  readonly setting: FunctionSetting;
  readonly watched: WatchedQueues;
}

/** How often the keeper looks into the DLQs: what is poisoned is in the list by then, and what was decided of it is done. */
const KEEPER_EVERY = Duration.minutes(5);

/** Some seconds a DLQ, one after the other, and a send for each message that is redriven. */
const KEEPER_SECONDS = 240;

/** Who decides of letters, who hands them to SQS and takes them back, and who looks after the DLQs. */
export class LetterFunctions extends Construct {
  constructor(scope: Construct, id: string, { parts, setting, watched }: LetterFunctionsProps) {
    super(scope, id);
    const { queues } = parts;
    const loop = { ...setting, isInLoop: true };
    const inputs = queueConsumer(this, 'Inputs', queues.letters, { ...loop, name: 'letter-inputs' });
    const redrive = queueConsumer(this, 'Redrive', queues.redrive, {
      ...{ ...loop, name: 'redrive', onlyRefuses: true },
      variables: {
        ...setting.variables,
        OTHER_QUEUES: namesOf(watched, ['lessons', 'sweeps', 'notifications', 'targets', 'deliveries']),
      },
    });
    for (const fn of [inputs, redrive]) grantLetters(fn, parts);
    // Where poisoned messages go back to.
    for (const { queue } of Object.values(watched))
      if (queue !== queues.redrive.queue) queue.grantSendMessages(redrive);
    this.addKeeper({ parts, setting, watched });
  }

  private addKeeper({ parts, setting, watched }: LetterFunctionsProps): void {
    const { function: keeper } = new Clocked(this, 'Keeper', {
      ...{ ...setting, name: 'letter-keeper' as const, timeoutSeconds: KEEPER_SECONDS },
      variables: keeperVariables(setting, { parts, watched }),
      every: KEEPER_EVERY,
      description: 'Poisoned messages, letters that are over, and what SQS would soon forget',
    });
    // It reads what was decided, and tells letters over their queue.
    grantTable(keeper, parts, 'read');
    grantBucket(keeper, parts, 'read');
    grantArchive(keeper, parts);
    parts.queues.letters.queue.grantSendMessages(keeper);
    for (const { dlq } of Object.values(watched)) dlq.grantConsumeMessages(keeper);
    alarmWhereSilent(keeper, setting.alarms);
  }
}

/** What the keeper reads, and no more: all variables of a function are 4 KiB at most, and the queues take much of it. */
function keeperVariables(
  { environment, variables }: FunctionSetting,
  { parts, watched }: Pick<LetterFunctionsProps, 'parts' | 'watched'>,
): Record<string, string> {
  const streams = ['JOBS', 'POOLS', 'TRIGGERS', 'DEPENDENCIES', 'LETTERS', 'TARGETS'].map(
    (name) => `${name}_QUEUE_URL`,
  );
  const decisions = ['TABLE_NAME', 'BUCKET_NAME', 'QUOTAS', 'RETRY_EXPLORE', 'DEPENDENCY_POLICIES'];
  const told = ['POWERTOOLS_METRICS_NAMESPACE', 'LOG_LEVEL'];
  const kept = [...streams, ...decisions, ...told].map((name) => [name, variables[name] as string]);
  const addresses = Object.entries(watched).map(([name, { dlq }]) => `${name}=${dlq.queueName}`);
  return {
    ...Object.fromEntries(kept),
    // Queues of one account share all of their address but the name.
    REDRIVE_QUEUE_URL: parts.queues.redrive.queue.queueUrl,
    DEAD_LETTER_QUEUES: addresses.join(','),
    ARCHIVE_AFTER_DAYS: String(environment.queues.dlqDays - ARCHIVE_MARGIN_DAYS),
  };
}

/** Names of queues that no function sends to but this one. */
function namesOf(watched: WatchedQueues, names: readonly string[]): string {
  return names.map((name) => `${name}=${(watched[name] as ConsumedQueue).queue.queueName}`).join(',');
}

function grantArchive(fn: LambdaFunction, { bucket }: EngineParts): void {
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`${LETTER_ARCHIVE}*`)],
    }),
  );
  acknowledgeWildcards(
    fn,
    [`${bucket.stack.exportValue(bucket.bucketArn)}/${LETTER_ARCHIVE}*`],
    'What is archived is named by its queue, day and message, unknown before: the prefix is the narrowest name.',
  );
}

/** Nobody else keeps letters past what SQS does. */
function alarmWhereSilent(keeper: LambdaFunction, alarms: Alarms): void {
  alarms.raise(keeper, 'Silent', {
    metric: keeper.metricInvocations({ period: Duration.hours(1), statistic: 'Sum' }),
    below: 1,
    description: 'The letter keeper has not run for an hour.',
    runbook: 'keeperSilent',
  });
}
