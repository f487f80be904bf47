import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { EngineApi } from '../constructs/engine-api';
import { EngineFunction } from '../constructs/engine-function';
import type { FunctionName } from '../constructs/functions';
import { grantMakeMachines } from '../constructs/machine-permissions';
import { grantBucket, grantSecret, grantTable, grantTriggers } from '../constructs/permissions';
import type { EngineStack } from './engine-stack';

export interface ApiStackProps extends StackProps {
  readonly engine: EngineStack;
}

/** The REST API and its functions. */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, { engine, ...props }: ApiStackProps) {
    super(scope, id, props);
    const { parts, functions, alarms } = engine;
    const { queues } = parts;
    const fn = (key: string, name: FunctionName): LambdaFunction =>
      new EngineFunction(this, key, { ...functions, name }).function;

    const api = new EngineApi(this, 'Rest', {
      environment: functions.environment,
      authorizer: fn('Authorizer', 'authorizer'),
      alarms,
    });

    const submit = fn('SubmitJob', 'submit-job');
    grantTable(submit, parts, 'write');
    grantBucket(submit, parts, 'write');
    // What follows from a submission: a place in the queue of a pool, a deadline, machines; and that there is no room.
    for (const { queue } of [queues.pools, queues.timers, queues.graphs]) queue.grantSendMessages(submit);
    parts.bus.grantPutEventsTo(submit);
    api.route('POST', 'jobs', submit);

    const registerGraph = fn('RegisterGraph', 'register-graph');
    grantTable(registerGraph, parts, 'write');
    grantBucket(registerGraph, parts, 'write');
    grantMakeMachines(registerGraph, functions.environment, parts);
    queues.graphs.queue.grantSendMessages(registerGraph);
    api.route('POST', 'graphs', registerGraph);

    for (const [key, name, path] of READERS) {
      const reader = fn(key, name);
      grantTable(reader, parts, 'read');
      // One job is its graph and its snapshot as well; a graph is in the bucket, and so is the snapshot of a pool.
      if (FROM_BUCKET.has(name)) grantBucket(reader, parts, 'read');
      api.route('GET', path, reader);
    }

    const command = fn('JobCommand', 'job-command');
    grantTable(command, parts, 'read');
    queues.jobs.queue.grantSendMessages(command);
    for (const name of ['cancel', 'pause', 'unpause', 'priority'])
      api.route('POST', `jobs/{jobId}/${name}`, command);

    const triggers = fn('ManageTriggers', 'manage-triggers');
    grantTriggers(triggers, parts);
    for (const [method, path] of TRIGGER_ROUTES) api.route(method, path, triggers);

    const changeQueue = fn('ChangeQueue', 'change-queue');
    queues.pools.queue.grantSendMessages(changeQueue);
    api.route('POST', 'queues/{pool}', changeQueue);

    const callback = fn('AttemptCallback', 'attempt-callback');
    grantSecret(callback, parts);
    queues.jobs.queue.grantSendMessages(callback);
    api.route('POST', 'jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/{report}', callback);

    const register = fn('RegisterWorker', 'register-worker');
    grantTable(register, parts, 'write');
    grantSecret(register, parts);
    queues.pools.queue.grantSendMessages(register);
    api.route('POST', 'workers', register);

    const heartbeat = fn('WorkerHeartbeat', 'worker-heartbeat');
    grantTable(heartbeat, parts, 'write');
    queues.pools.queue.grantSendMessages(heartbeat);
    api.route('POST', 'workers/{workerId}/heartbeat', heartbeat);

    const workerCommand = fn('WorkerCommand', 'worker-command');
    queues.pools.queue.grantSendMessages(workerCommand);
    for (const name of ['cordon', 'uncordon']) api.route('POST', `workers/{workerId}/${name}`, workerCommand);

    new CfnOutput(this, 'RestApiId', { value: api.api.restApiId });
    new CfnOutput(this, 'Url', { value: api.api.url });
    new CfnOutput(this, 'StageArn', { value: api.api.deploymentStage.stageArn });
  }
}

const READERS = [
  ['ListJobs', 'list-jobs', 'jobs'],
  ['GetJob', 'get-job', 'jobs/{jobId}'],
  ['GetGraph', 'get-graph', 'graphs/{hash}'],
  ['GetJobEvents', 'get-job-events', 'jobs/{jobId}/events'],
  ['GetQueue', 'get-queue', 'queues/{pool}'],
] as const;

/** One function: each is a few lines over the same trigger. */
const TRIGGER_ROUTES = [
  ['GET', 'triggers'],
  ['GET', 'triggers/{name}'],
  ['GET', 'triggers/{name}/events'],
  ['PUT', 'triggers/{name}'],
  ['DELETE', 'triggers/{name}'],
  ['POST', 'triggers/{name}/fire'],
  ['POST', 'triggers/{name}/pause'],
  ['POST', 'triggers/{name}/unpause'],
] as const;

const FROM_BUCKET: ReadonlySet<FunctionName> = new Set(['get-job', 'get-graph', 'get-queue']);
