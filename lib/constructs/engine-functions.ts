import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Alarms } from './alarm-topic';
import { Clocked, OutboxRelay, queueConsumer } from './engine-consumers';
import type { FunctionSetting } from './engine-function';
import type { EngineParts } from './function-variables';
import { grantCollectMachines, grantMakeMachines } from './machine-permissions';
import { grantBucket, grantSecret, grantTable, grantTriggers, grantWorkflow } from './permissions';

export interface EngineFunctionsProps {
  readonly parts: EngineParts;
  readonly setting: FunctionSetting;
  readonly alarms: Alarms;
}

/** The functions behind the queues, the stream and the clock, each with what it needs and no more. */
export class EngineFunctions extends Construct {
  constructor(scope: Construct, id: string, { parts, setting, alarms }: EngineFunctionsProps) {
    super(scope, id);
    const { queues } = parts;
    const jobInputs = queueConsumer(this, 'JobInputs', queues.jobs, { ...setting, name: 'job-inputs' });
    const effects = queueConsumer(this, 'Effects', queues.effects, { ...setting, name: 'effects' });
    const poolInputs = queueConsumer(this, 'PoolInputs', queues.pools, { ...setting, name: 'pool-inputs' });
    // Each of these decides and performs what follows. Only jobs move workflows; pools never do.
    for (const fn of [jobInputs, effects, poolInputs]) grantEngine(fn, parts);
    // A trigger hears when its job is over.
    queues.triggers.queue.grantSendMessages(jobInputs);
    for (const fn of [jobInputs, effects]) grantWorkflow(fn, setting.environment);

    const triggers = queueConsumer(this, 'Triggers', queues.triggers, { ...setting, name: 'triggers' });
    for (const fn of [triggers, effects]) grantTriggers(fn, parts);
    // It submits jobs, and has machines made for them.
    for (const { queue } of [queues.pools, queues.timers, queues.graphs]) queue.grantSendMessages(triggers);

    const dispatch = queueConsumer(this, 'Dispatch', queues.dispatch, { ...setting, name: 'dispatch' });
    grantBucket(dispatch, parts, 'read');
    grantSecret(dispatch, parts);
    // A worker answers whether it took the attempt, and whether that has started.
    for (const { queue } of [queues.jobs, queues.pools]) queue.grantSendMessages(dispatch);

    const timers = queueConsumer(this, 'Timers', queues.timers, { ...setting, name: 'timers' });
    queues.jobs.queue.grantSendMessages(timers);
    // Past 15 minutes a timer hops through its own queue again.
    queues.timers.queue.grantSendMessages(timers);

    const relay = new OutboxRelay(this, 'OutboxRelay', parts.table, {
      ...setting,
      name: 'outbox-relay',
      alarms,
    });
    grantTable(relay.function, parts, 'read');
    queues.effects.queue.grantSendMessages(relay.function);

    const sweeper = new Clocked(this, 'Sweeper', {
      ...{ ...setting, alarms, name: 'sweeper' as const },
      every: Duration.minutes(1),
      description: 'Expiry of leases and losses of workers',
    });
    // It marks workers that were not heard of, and reads which of them the pool counts on.
    grantTable(sweeper.function, parts, 'write');
    grantBucket(sweeper.function, parts, 'read');
    queues.pools.queue.grantSendMessages(sweeper.function);

    const builder = queueConsumer(this, 'MachineBuilder', queues.graphs, {
      ...setting,
      name: 'machine-builder',
      isSlow: true,
    });
    grantTable(builder, parts, 'write');
    grantBucket(builder, parts, 'write');
    grantMakeMachines(builder, setting.environment, parts);

    const collector = new Clocked(this, 'MachineCollector', {
      ...{ ...setting, alarms, name: 'machine-collector' as const },
      every: Duration.days(1),
      description: 'State machines of graphs that nobody uses any more',
      timeoutSeconds: COLLECTOR_SECONDS,
    });
    grantTable(collector.function, parts, 'write');
    grantCollectMachines(collector.function, setting.environment);
  }
}

/** A few calls a machine, one machine after the other. */
const COLLECTOR_SECONDS = 300;

function grantEngine(fn: LambdaFunction, parts: EngineParts): void {
  grantTable(fn, parts, 'write');
  grantBucket(fn, parts, 'write');
  const { jobs, pools, timers, dispatch } = parts.queues;
  for (const { queue } of [jobs, pools, timers, dispatch]) queue.grantSendMessages(fn);
  parts.bus.grantPutEventsTo(fn);
}
