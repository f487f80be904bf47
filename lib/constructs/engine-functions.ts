import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { SWEEP_SECONDS } from '../core/recovery/silence';
import type { Alarms } from './alarm-topic';
import { Clocked, fedVariables, feed, OutboxRelay, queueConsumer } from './engine-consumers';
import type { EngineFunction, FunctionSetting } from './engine-function';
import type { EngineParts } from './function-variables';
import { grantCollectMachines, grantListExecutions, grantMakeMachines } from './machine-permissions';
import {
  grantBucket,
  grantDeleteSnapshots,
  grantDependencies,
  grantLetters,
  grantSecret,
  grantTable,
  grantTargets,
  grantTimers,
  grantTriggers,
  grantWorkflow,
} from './permissions';
import { WorkflowWatch } from './workflow-watch';

export interface EngineFunctionsProps {
  readonly parts: EngineParts;
  readonly setting: FunctionSetting;
}

/** The functions behind the queues, the stream and the clock, each with what it needs and no more. */
export class EngineFunctions extends Construct {
  /** Archives and removes what is over. */
  readonly cleaner: EngineFunction;

  constructor(scope: Construct, id: string, { parts, setting }: EngineFunctionsProps) {
    super(scope, id);
    const { queues } = parts;
    // Jobs, pools and workers answer each other, and what must wait comes back: each of these chains has its own end.
    const loop = { ...setting, isInLoop: true };
    const jobInputs = queueConsumer(this, 'JobInputs', queues.jobs, { ...loop, name: 'job-inputs' });
    const effects = queueConsumer(this, 'Effects', queues.effects, { ...loop, name: 'effects' });
    const poolInputs = queueConsumer(this, 'PoolInputs', queues.pools, { ...loop, name: 'pool-inputs' });
    // Each of these decides and performs what follows. Only jobs move workflows; pools never do.
    for (const fn of [jobInputs, effects, poolInputs]) grantEngine(fn, parts);
    // A trigger hears when its job is over.
    queues.triggers.queue.grantSendMessages(jobInputs);
    const dependencies = queueConsumer(this, 'DependencyInputs', queues.dependencies, {
      ...{ ...loop, name: 'dependency-inputs' },
    });
    for (const fn of [dependencies, effects]) grantDependencies(fn, parts);
    grantLetters(effects, parts);
    grantTargets(effects, parts);
    // A node that failed for good, or ended well after all, is said to its letter.
    queues.letters.queue.grantSendMessages(jobInputs);
    queues.letters.queue.grantSendMessages(effects);
    // Jobs say how attempts went, and pools ask how dependencies stand.
    for (const fn of [jobInputs, effects, poolInputs]) queues.dependencies.queue.grantSendMessages(fn);
    for (const fn of [jobInputs, effects]) {
      grantWorkflow(fn, setting.environment);
      grantTimers(fn, parts);
    }

    const triggers = queueConsumer(this, 'Triggers', queues.triggers, { ...loop, name: 'triggers' });
    for (const fn of [triggers, effects]) grantTriggers(fn, parts);
    // It submits jobs, and has machines made for them.
    for (const { queue } of [queues.pools, queues.graphs]) queue.grantSendMessages(triggers);
    grantTimers(triggers, parts);
    const { environment, alarms } = setting;
    new WorkflowWatch(this, 'WorkflowWatch', { environment, parts, alarms, consumer: triggers });

    const dispatch = queueConsumer(this, 'Dispatch', queues.dispatch, {
      ...{ ...loop, name: 'dispatch', timeoutSeconds: DISPATCH_SECONDS },
      reachesWorkers: true,
    });
    grantBucket(dispatch, parts, 'read');
    grantSecret(dispatch, parts);
    // Of workers that pull: over which connection, and what was answered there.
    grantTable(dispatch, parts, 'read');
    parts.socket.grantSend(dispatch);
    // A worker answers whether it took the attempt, and whether that has started; how that call went is observed.
    for (const { queue } of [queues.jobs, queues.pools, queues.dependencies])
      queue.grantSendMessages(dispatch);

    const timers = queueConsumer(this, 'Timers', queues.timers, { ...loop, name: 'timers' });
    for (const { queue } of [queues.jobs, queues.dependencies, queues.letters, queues.targets])
      queue.grantSendMessages(timers);
    // A schedule brings a timer early: it is put off for the rest.
    grantTimers(timers, parts);

    addOutbox(this, { parts, setting });

    addSweeper(this, { parts, setting });
    addMachines(this, { parts, setting });
    addReconciler(this, { parts, setting });
    addCapacityReviewer(this, { parts, setting });
    this.cleaner = addCleaner(this, { parts, setting });
  }
}

/** The clock calls it by the minute, and its own ticks in between. */
function addSweeper(scope: Construct, { parts, setting }: EngineFunctionsProps): void {
  const { sweeps, dependencies } = parts.queues;
  const name = 'sweeper' as const;
  const sweeper = new Clocked(scope, 'Sweeper', {
    // A tick leads back to it, and to no other tick.
    ...{ ...setting, name, isInLoop: true, reachesWorkers: true },
    variables: { ...fedVariables(setting, sweeps), SWEEPS_QUEUE_URL: sweeps.queue.queueUrl },
    every: Duration.minutes(1),
    description: 'Expiry of leases and losses of workers',
  });
  feed(sweeper, sweeps, { name, environment: setting.environment });
  alarmWhereSilent(sweeper.function, setting.alarms);
  // It marks workers that were not heard of, and decides their loss as the queue of their pool would.
  grantEngine(sweeper.function, parts);
  for (const { queue } of [sweeps, dependencies]) queue.grantSendMessages(sweeper.function);
  // Where nobody is heard of, it asks.
  grantSecret(sweeper.function, parts);
  parts.socket.grantSend(sweeper.function);
}

/** Nobody else finds out which workers are lost, and which leases ran out. */
function alarmWhereSilent(sweeper: LambdaFunction, alarms: Alarms): void {
  const minutes = 5;
  const expected = (minutes * 60) / SWEEP_SECONDS;
  alarms.raise(sweeper, 'Silent', {
    metric: sweeper.metricInvocations({ period: Duration.minutes(minutes), statistic: 'Sum' }),
    below: expected / 2,
    description: `The sweeper has run less than ${expected / 2} times in five minutes, of ${expected} times.`,
    runbook: 'sweeperSilent',
    isOutage: true,
  });
}

/** Patience with a worker until the last try, with its answer, and with what takes an attempt back. */
const DISPATCH_SECONDS = 25;

/** A few calls a machine, one machine after the other. */
const COLLECTOR_SECONDS = 300;

/** As long as turns are apart: each goes on where the last one ended. */
const RECONCILER_SECONDS = 300;

/** A read for some thirty streams, one after the other. */
const OUTBOX_SWEEP_SECONDS = 300;

/** Who makes the state machines of graphs, and takes them away. */
function addMachines(scope: Construct, { parts, setting }: EngineFunctionsProps): void {
  const builder = queueConsumer(scope, 'MachineBuilder', parts.queues.graphs, {
    ...setting,
    name: 'machine-builder',
    // One message each: Step Functions lets about one machine a second be made.
    batchSize: 1,
  });
  grantTable(builder, parts, 'write');
  grantBucket(builder, parts, 'write');
  grantMakeMachines(builder, setting.environment, parts);

  const collector = new Clocked(scope, 'MachineCollector', {
    ...{ ...setting, name: 'machine-collector' as const },
    variables: {
      ...setting.variables,
      MACHINE_UNUSED_DAYS: String(setting.environment.machines.unusedDays),
    },
    every: Duration.days(1),
    description: 'State machines of graphs that nobody uses any more',
    timeoutSeconds: COLLECTOR_SECONDS,
  });
  grantTable(collector.function, parts, 'write');
  grantCollectMachines(collector.function, setting.environment);
}

/** Who compares journals with pools, workers and executions. */
function addReconciler(scope: Construct, { parts, setting }: EngineFunctionsProps): void {
  const { function: fn } = new Clocked(scope, 'Reconciler', {
    ...{ ...setting, name: 'reconciler' as const },
    variables: {
      ...setting.variables,
      RECONCILER_GRACE_SECONDS: String(setting.environment.reconciler.graceSeconds),
    },
    every: Duration.minutes(5),
    description: 'What journals, pools, workers and executions do not agree about',
    timeoutSeconds: RECONCILER_SECONDS,
    reachesWorkers: true,
  });
  const { queues } = parts;
  // It remembers where it goes on, and begins workflows again.
  grantTable(fn, parts, 'write');
  grantBucket(fn, parts, 'read');
  grantSecret(fn, parts);
  parts.socket.grantSend(fn);
  parts.bus.grantPutEventsTo(fn);
  for (const { queue } of [queues.jobs, queues.pools, queues.triggers, queues.dependencies, queues.dispatch])
    queue.grantSendMessages(fn);
  grantWorkflow(fn, setting.environment);
  grantListExecutions(fn, setting.environment);
}

/** Reads the journals of hundreds of jobs of each pool. */
const REVIEW_SECONDS = 300;

/** Who tells pools how it stands with their capacity. */
function addCapacityReviewer(scope: Construct, { parts, setting }: EngineFunctionsProps): void {
  const { function: fn } = new Clocked(scope, 'CapacityReviewer', {
    ...{ ...setting, name: 'capacity-reviewer' as const },
    every: Duration.hours(1),
    description: 'Demand to come and waits of pools, against their workers',
    timeoutSeconds: REVIEW_SECONDS,
  });
  grantTable(fn, parts, 'read');
  grantBucket(fn, parts, 'read');
  parts.queues.pools.queue.grantSendMessages(fn);
}

/** Most of what Lambda gives: some seconds for each job that is archived. */
const CLEANER_SECONDS = 900;

/** Who archives and removes what is over, and what was left behind. */
function addCleaner(scope: Construct, { parts, setting }: EngineFunctionsProps): EngineFunction {
  const { jobDays, auditDays, dryRun } = setting.environment.cleanup;
  const clocked = new Clocked(scope, 'Cleaner', {
    ...{ ...setting, name: 'cleaner' as const },
    variables: {
      ...setting.variables,
      CLEANUP_JOB_DAYS: String(jobDays),
      CLEANUP_AUDIT_DAYS: String(auditDays),
      CLEANUP_DRY_RUN: dryRun ? 'on' : 'off',
    },
    every: Duration.days(1),
    description: 'Jobs past their retention, and clocks without a trigger',
    timeoutSeconds: CLEANER_SECONDS,
  });
  const cleaner = clocked.function;
  grantTable(cleaner, parts, 'write');
  grantBucket(cleaner, parts, 'write');
  grantDeleteSnapshots(cleaner, parts);
  // The key that signs archives is made of it.
  grantSecret(cleaner, parts);
  parts.bus.grantPutEventsTo(cleaner);
  // A trigger that is set again meanwhile is armed as its journal says.
  parts.triggers.grantArm(cleaner);
  parts.triggers.grantFind(cleaner);
  return clocked;
}

/** Who finds effects that are not performed: in the table's stream at once, and in the table what that missed. */
function addOutbox(scope: Construct, { parts, setting }: EngineFunctionsProps): void {
  const relay = new OutboxRelay(scope, 'OutboxRelay', parts.table, { ...setting, name: 'outbox-relay' });
  grantTable(relay.function, parts, 'read');
  parts.queues.effects.queue.grantSendMessages(relay.function);

  const outboxSweeper = new Clocked(scope, 'OutboxSweeper', {
    ...{ ...setting, name: 'outbox-sweeper' as const },
    every: Duration.hours(1),
    description: 'Streams whose effects were not all performed',
    timeoutSeconds: OUTBOX_SWEEP_SECONDS,
  });
  // It takes those that are over off its list.
  grantTable(outboxSweeper.function, parts, 'write');
  parts.queues.effects.queue.grantSendMessages(outboxSweeper.function);
}

function grantEngine(fn: LambdaFunction, parts: EngineParts): void {
  grantTable(fn, parts, 'write');
  grantBucket(fn, parts, 'write');
  const { jobs, pools, dispatch } = parts.queues;
  for (const { queue } of [jobs, pools, dispatch]) queue.grantSendMessages(fn);
  parts.bus.grantPutEventsTo(fn);
}
