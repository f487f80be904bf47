import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { isRead, type Route } from '../api/route';
import { routesByFunction } from '../api/routes';
import { EngineDashboard } from '../constructs/dashboard';
import { EngineApi } from '../constructs/engine-api';
import { EngineFunction } from '../constructs/engine-function';
import { tokenRules } from '../constructs/function-variables';
import { grantMakeMachines } from '../constructs/machine-permissions';
import {
  grantAnswers,
  grantAudit,
  grantBucket,
  grantCounts,
  grantDependencies,
  grantLetters,
  grantSecret,
  grantTable,
  grantTargets,
  grantTimers,
  grantTriggers,
} from '../constructs/permissions';
import { WorkerSocketRoutes } from '../constructs/worker-socket';
import { SCOPES } from '../core/access/scopes';
import type { EngineStack } from './engine-stack';

export interface ApiStackProps extends StackProps {
  readonly engine: EngineStack;
}

type Grant = (fn: LambdaFunction, engine: EngineStack) => void;

/** What each function behind the API may do. */
const GRANTS: Readonly<Record<string, Grant>> = {
  'submit-job': (fn, { parts }) => {
    grantTable(fn, parts, 'write');
    grantBucket(fn, parts, 'write');
    // What follows from a submission: a place in the queue of a pool, a deadline, machines; and that there is no room.
    const { pools, graphs } = parts.queues;
    for (const { queue } of [pools, graphs]) queue.grantSendMessages(fn);
    grantTimers(fn, parts);
    parts.bus.grantPutEventsTo(fn);
  },
  'list-jobs': (fn, { parts }) => grantTable(fn, parts, 'read'),
  // One job is its graph and its snapshot as well; a graph is in the bucket, and so is the snapshot of a pool.
  'get-job': readTableAndBucket,
  'get-queue': readTableAndBucket,
  predictions: readTableAndBucket,
  'get-job-events': (fn, { parts }) => grantTable(fn, parts, 'read'),
  'job-command': (fn, { parts }) => {
    grantTable(fn, parts, 'read');
    parts.queues.jobs.queue.grantSendMessages(fn);
  },
  'resume-job': (fn, { parts }) => {
    // Another graph is kept and counted; its machines, and the job, are told by queues.
    grantTable(fn, parts, 'write');
    grantBucket(fn, parts, 'write');
    const { jobs, graphs } = parts.queues;
    for (const { queue } of [jobs, graphs]) queue.grantSendMessages(fn);
  },
  history: (fn, { parts }) => grantTable(fn, parts, 'write'),
  capacity: readTableAndBucket,
  // A change may name the version of the queue that it is made for.
  'change-queue': (fn, engine) => {
    readTableAndBucket(fn, engine);
    tellPools(fn, engine);
  },
  'register-graph': (fn, { parts, functions }) => {
    grantTable(fn, parts, 'write');
    grantBucket(fn, parts, 'write');
    grantMakeMachines(fn, functions.environment, parts);
    parts.queues.graphs.queue.grantSendMessages(fn);
  },
  'manage-dependencies': (fn, { parts }) => grantDependencies(fn, parts),
  'manage-letters': (fn, { parts }) => grantLetters(fn, parts),
  'manage-notifications': (fn, { parts, notifying }) => {
    grantTargets(fn, parts);
    notifying?.grantRules(fn);
  },
  'manage-cleanup': (fn, { parts, cleaner }) => {
    // What the journal of cleanups says.
    grantTable(fn, parts, 'read');
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [cleaner.live.functionArn] }),
    );
    fn.addEnvironment('CLEANER_FUNCTION', cleaner.live.functionArn);
  },
  // It says what is in its variables and in its code.
  public: () => undefined,
  'get-audit': (fn, { parts }) => grantTable(fn, parts, 'read'),
  // What is set is journalled, and that journal is where it is kept.
  'manage-config': (fn, { parts }) => grantTable(fn, parts, 'write'),
  'manage-triggers': (fn, { parts }) => grantTriggers(fn, parts),
  'attempt-callback': (fn, { parts }) => {
    grantSecret(fn, parts);
    parts.queues.jobs.queue.grantSendMessages(fn);
  },
  'register-worker': (fn, engine) => {
    grantTable(fn, engine.parts, 'write');
    grantSecret(fn, engine.parts);
    tellPools(fn, engine);
  },
  'worker-heartbeat': (fn, engine) => {
    grantTable(fn, engine.parts, 'write');
    tellPools(fn, engine);
  },
  'worker-command': tellPools,
  health: (fn, { parts }) => {
    grantTable(fn, parts, 'read');
    grantBucket(fn, parts, 'read');
    for (const [action, resource] of [
      ['sqs:GetQueueAttributes', parts.queues.jobs.queue.queueArn],
      ['states:DescribeStateMachine', parts.graphRunnerArn],
      ['events:DescribeEventBus', parts.bus.eventBusArn],
    ] as const) {
      fn.addToRolePolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
    }
  },
};

/** The REST API and its functions. */
export class ApiStack extends Stack {
  readonly rest: SpecRestApi;

  constructor(scope: Construct, id: string, { engine, ...props }: ApiStackProps) {
    super(scope, id, props);
    const { functions, alarms } = engine;
    const { environment } = functions;
    const authorizer = (rollbackAlarms: readonly IAlarm[]) => {
      const props = { ...functions, name: 'authorizer', rollbackAlarms };
      const { function: fn, live } = new EngineFunction(this, 'Authorizer', props);
      grantAudit(fn, engine.parts);
      fn.addEnvironment('AUTH_RULES', tokenRules(environment.auth, engine.parts.issuer));
      return live;
    };
    const api = new EngineApi(this, 'Rest', { environment, authorizer, alarms });
    const { rollbackAlarms } = api;
    this.rest = api.api;
    const byFunction = routesByFunction();
    for (const [name, routes] of byFunction) {
      const grant = GRANTS[name];
      if (!grant) throw new Error(`nothing is granted to the function ${name}: say in GRANTS what it needs`);
      const reachesWorkers = name === 'register-worker';
      const props = { ...functions, name, reachesWorkers, rollbackAlarms };
      const { function: serving, live } = new EngineFunction(this, pascalCase(name), props);
      grant(serving, engine);
      if (!routes.every(({ open }) => open)) grantAudit(serving, engine.parts);
      if (!routes.every(isRead)) grantAnswers(serving, engine.parts);
      if (routes.some(isForOwners)) grantCounts(serving, engine.parts);
      api.serve(routes, live);
    }

    const handler = workerSocket(this, engine);
    const after = api.api.deploymentStage;
    new WorkerSocketRoutes(this, 'Socket', {
      environment,
      socket: engine.parts.socket,
      authorizer: api.authorizer,
      handler,
      after,
    });

    new EngineDashboard(this, 'Dashboard', { environment, api: api.api, queues: engine.watched });
    // Over all of them: after the last one was raised.
    alarms.raiseOutage(this, 'Outage');

    new CfnOutput(this, 'RestApiId', { value: api.api.restApiId });
    new CfnOutput(this, 'Url', { value: api.api.url });
    new CfnOutput(this, 'StageArn', { value: api.api.deploymentStage.stageArn });
  }
}

/** What workers say over their connections. A trace of every heartbeat would cost more than all the rest of it. */
function workerSocket(scope: Construct, engine: EngineStack): IFunction {
  const props = { ...engine.functions, name: 'worker-socket', isTraced: false };
  const { function: fn, live } = new EngineFunction(scope, 'WorkerSocket', props);
  grantTable(fn, engine.parts, 'write');
  tellPools(fn, engine);
  return live;
}

/** Owners are counted, workers are not. */
function isForOwners({ scopes, open }: Route): boolean {
  return !open && !scopes.includes(SCOPES.worker);
}

function readTableAndBucket(fn: LambdaFunction, { parts }: EngineStack): void {
  grantTable(fn, parts, 'read');
  grantBucket(fn, parts, 'read');
}

function tellPools(fn: LambdaFunction, { parts }: EngineStack): void {
  parts.queues.pools.queue.grantSendMessages(fn);
}

function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
