import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { makePrivateDir } from '../adapters/embedded/disk/privacy';
import { runCommand } from './command';
import { localCloudError } from './problem';

export interface DeployOptions {
  /** The repository. */
  readonly root: string;
  readonly endpoint: string;
  /** Log, outputs and assembly go here. */
  readonly stateDir: string;
  /** Values of the CDK's context beside `env`, such as `authJwks`. */
  readonly context: Readonly<Record<string, string>>;
  /** What `synthesise` has made of the same context; without it, the app runs once more. */
  readonly assembly?: string;
  readonly signal?: AbortSignal;
}

const outputsSchema = z.object({
  'reprise-local-api': z.object({ RestApiId: z.string() }),
  'reprise-local-data': z.object({ TableName: z.string(), BucketName: z.string() }),
  'reprise-local-engine': z.object({
    EventBusName: z.string(),
    NotificationsQueueUrl: z.string(),
    GraphRunnerArn: z.string(),
  }),
});

/** Where the deployed environment is. */
export interface Deployment {
  readonly endpoint: string;
  /** Base URL of the REST API, without a slash at its end. */
  readonly apiUrl: string;
  readonly tableName: string;
  readonly bucketName: string;
  readonly notificationsQueueUrl: string;
  /** Every state machine's ARN begins with it. */
  readonly machineArnPrefix: string;
}

/**
 * Deploys the environment `local` with the same CDK app as every other; a second time it changes what has changed.
 * @throws RepriseError LOCAL_CLOUD with the end of the log.
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { stateDir, endpoint } = options;
  makePrivateDir(stateDir);
  rmSync(join(stateDir, 'deploy.log'), { force: true });
  // From a folder without cdk.json: the bootstrap needs no app, and need not wait for one.
  await cdk(options, stateDir, ['bootstrap', 'aws://000000000000/us-east-1']);
  await cdk(options, options.root, [
    ...['deploy', '--all', '--require-approval', 'never', '--method', 'direct'],
    ...['--outputs-file', outputsFile(stateDir)],
    ...(options.assembly === undefined
      ? appOf(options, join(stateDir, 'cdk.out'))
      : ['--app', options.assembly]),
  ]);
  const deployment = readDeployment(stateDir, endpoint);
  if (deployment) return deployment;
  throw localCloudError(`the deployment left no outputs in ${outputsFile(stateDir)}`);
}

/**
 * Writes the cloud assembly of the environment `local`, which any number of deployments can use.
 * @param assembly a folder that it becomes.
 * @throws RepriseError LOCAL_CLOUD with the end of the log.
 */
export async function synthesise(options: DeployOptions, assembly: string): Promise<void> {
  makePrivateDir(options.stateDir);
  await cdk(options, options.root, ['synth', '--quiet', ...appOf(options, assembly)]);
}

/** The app of cdk.json, and where its assembly goes. */
function appOf({ context }: DeployOptions, assembly: string): string[] {
  const values = Object.entries({ env: 'local', ...context });
  return ['--output', assembly, ...values.flatMap(([k, v]) => ['-c', `${k}=${v}`])];
}

/** What the last deployment into this state directory made, or undefined. */
export function readDeployment(stateDir: string, endpoint: string): Deployment | undefined {
  let text: string;
  try {
    text = readFileSync(outputsFile(stateDir), 'utf8');
  } catch {
    return undefined;
  }
  const outputs = outputsSchema.parse(JSON.parse(text));
  const engine = outputs['reprise-local-engine'];
  const data = outputs['reprise-local-data'];
  return {
    endpoint,
    // The host name in the URL that CloudFormation puts out is Amazon's.
    apiUrl: `${endpoint}/restapis/${outputs['reprise-local-api'].RestApiId}/v1/_user_request_`,
    tableName: data.TableName,
    bucketName: data.BucketName,
    notificationsQueueUrl: engine.NotificationsQueueUrl,
    machineArnPrefix: engine.GraphRunnerArn.replace(/graph-runner$/, ''),
  };
}

/** Credentials and region of the local cloud; of the caller's own, nothing may be used by mistake. */
function localAws(endpoint: string): NodeJS.ProcessEnv {
  const { AWS_PROFILE: _profile, AWS_SESSION_TOKEN: _token, ...rest } = process.env;
  return {
    ...rest,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
}

const outputsFile = (stateDir: string): string => join(stateDir, 'outputs.json');

async function cdk(options: DeployOptions, cwd: string, args: readonly string[]): Promise<void> {
  const logFile = join(options.stateDir, 'deploy.log');
  const { status, output } = await runCommand(
    process.execPath,
    [join(options.root, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...args, '--no-notices', '--no-color'],
    {
      cwd,
      // The rules of CloudFormation take a third of a synthesis; the tests hold all environments against them.
      env: { ...localAws(options.endpoint), CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_VALIDATION: 'false' },
      logFile,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  );
  if (status === 0) return;
  const tail = output.trim().split('\n').slice(-15).join('\n');
  throw localCloudError(`cdk ${args[0]} failed; ${logFile} ends with:\n${tail}`);
}
