import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { version } from '../../package.json';
import type { EnvironmentConfig } from '../config/schema';
import { type Alarms, AlarmTopic, NO_ALARMS } from '../constructs/alarm-topic';
import { Anchorer } from '../constructs/anchorer';
import type { DeployedGraph } from '../constructs/deployed-graphs';
import { EngineAlarms } from '../constructs/engine-alarms';
import { EngineBus } from '../constructs/engine-bus';
import type { EngineFunction, FunctionSetting } from '../constructs/engine-function';
import { EngineFunctions } from '../constructs/engine-functions';
import { EngineQueues } from '../constructs/engine-queues';
import { EngineTriggers } from '../constructs/engine-triggers';
import { type EngineParts, functionVariables } from '../constructs/function-variables';
import { GraphMachines, machineArn } from '../constructs/graph-machines';
import type { LambdaCode } from '../constructs/lambda-code';
import { Learning } from '../constructs/learning';
import { LetterFunctions, type WatchedQueues } from '../constructs/letter-functions';
import { Notifying } from '../constructs/notifying';
import { PromiseAlarms } from '../constructs/promise-alarms';
import type { ConsumedQueue } from '../constructs/queue-with-dlq';
import { RuleCleaner } from '../constructs/rule-cleaner';
import { WorkerSocket } from '../constructs/worker-socket';
import { machinePrefix } from '../core/dag/emit/machine-names';
import type { DataStack } from './data-stack';

export interface EngineStackProps extends StackProps {
  readonly environment: EnvironmentConfig;
  readonly data: DataStack;
  readonly code: LambdaCode;
  readonly graphs: readonly DeployedGraph[];
  readonly runner: string;
}

/** Queues, bus, state machines and the functions that move jobs and pools. */
export class EngineStack extends Stack {
  readonly parts: EngineParts;
  readonly functions: FunctionSetting;
  readonly alarms: Alarms;
  readonly cleaner: EngineFunction;
  /** Every queue with a DLQ, by name. */
  readonly watched: WatchedQueues;
  readonly notifying: Notifying | undefined;

  constructor(
    scope: Construct,
    id: string,
    { environment, data, code, graphs, runner, ...props }: EngineStackProps,
  ) {
    super(scope, id, props);
    this.alarms = environment.alarms ? new AlarmTopic(this, 'Alarms') : NO_ALARMS;
    const queues = new EngineQueues(this, 'Queues', environment, this.alarms);
    const { bus, notifications } = new EngineBus(this, 'Bus', { environment, alarms: this.alarms });
    const machines = new GraphMachines(this, 'Machines', {
      environment,
      graphs: environment.machines.form === 'compact' ? [] : graphs,
      runner,
      jobsQueue: queues.jobs.queue,
    });
    const triggers = new EngineTriggers(this, 'Triggers', {
      bus,
      queue: queues.triggers,
      timers: queues.timers,
      environmentName: environment.name,
    });
    const socket = new WorkerSocket(this, 'WorkerSocket', environment);
    const { table, bucket, secret } = data;
    this.parts = {
      ...{ table, bucket, secret, queues, bus, triggers, socket, issuer: data.pool?.issuer },
      graphRunnerArn: machines.runner.machine.stateMachineArn,
      machineArnPrefix: machineArn(this, machinePrefix(environment.name)),
      machineRole: machines.role,
      machineLog: machines.log,
    };
    const variables = functionVariables(this, environment, this.parts);
    this.functions = { environment, code, variables, alarms: this.alarms };
    const engineFunctions = new EngineFunctions(this, 'Functions', {
      parts: this.parts,
      setting: this.functions,
    });
    this.cleaner = engineFunctions.cleaner;
    const letters = new LetterFunctions(this, 'Letters', {
      ...{ parts: this.parts, setting: this.functions },
      watched: watchedQueues(queues, notifications),
    });
    const learning = new Learning(this, 'Learning', { bus, parts: this.parts, setting: this.functions });
    const anchorer = data.anchors
      ? [new Anchorer(this, 'Anchorer', { parts: this.parts, setting: this.functions, store: data.anchors })]
      : [];
    const { notifications: rules } = environment;
    this.notifying =
      rules &&
      new Notifying(this, 'Notifying', { parts: this.parts, setting: this.functions, rules, notifications });
    new EngineAlarms(this, 'Watch', { environment, table, alarms: this.alarms });
    new PromiseAlarms(this, 'Promises', { environment, alarms: this.alarms });
    this.watched = watchedQueues(queues, notifications);
    // What makes rules is deleted before they are cleaned away.
    const ruleCleaner = new RuleCleaner(this, 'RuleCleaner', this.parts, this.functions);
    for (const each of [engineFunctions, letters, learning, ...anchorer])
      each.node.addDependency(ruleCleaner);
    new CfnOutput(this, 'Version', { value: version });
    new CfnOutput(this, 'EventBusName', { value: bus.eventBusName });
    new CfnOutput(this, 'NotificationsQueueUrl', { value: notifications.queue.queueUrl });
    // Who restores a table asks there for clocks and timers.
    new CfnOutput(this, 'EffectsQueueUrl', { value: queues.effects.queue.queueUrl });
    new CfnOutput(this, 'GraphRunnerArn', { value: this.parts.graphRunnerArn });
  }
}

/** Every queue with a DLQ, by the name that its poisoned messages have in the list of letters. */
function watchedQueues(queues: EngineQueues, notifications: ConsumedQueue): WatchedQueues {
  const {
    jobs,
    pools,
    dependencies,
    letters,
    targets,
    deliveries,
    redrive,
    dispatch,
    timers,
    effects,
    graphs,
    triggers,
    lessons,
    sweeps,
  } = queues;
  const ordered = { jobs, pools, dependencies, letters, targets };
  return {
    ...ordered,
    deliveries,
    redrive,
    dispatch,
    timers,
    effects,
    graphs,
    triggers,
    lessons,
    sweeps,
    notifications,
  };
}
