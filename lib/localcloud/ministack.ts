import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePrivateDir, PRIVATE_FILE } from '../adapters/embedded/disk/privacy';
import { type Background, logFile, runningPid, startBackground, stopBackground } from './background';
import { isPortFree } from './port';
import { localCloudError } from './problem';
import { ensureVenv } from './venv';

export const DEFAULT_PORT = 4_566;

export interface MiniStackOptions {
  /** A local cloud that somebody else runs; nothing is started then. Default: AWS_ENDPOINT_URL. */
  readonly endpoint?: string;
  readonly port?: number;
  /** Default `.reprise/local`; state, log and pid file of this instance. */
  readonly stateDir?: string;
  /** The repository. */
  readonly root: string;
  /** Where deployed functions find the cloud. Default: where it listens. */
  readonly functionsEndpoint?: string;
  readonly progress?: (line: string) => void;
}

export interface MiniStack {
  readonly endpoint: string;
  /** This call started it. */
  readonly started: boolean;
  /** Ends it, with its state saved; does nothing to one that somebody else runs. */
  readonly stop: () => Promise<void>;
}

const READY_PATIENCE_MS = 30_000;
const READY_POLL_MS = 50;

/**
 * The local cloud: the one at `endpoint`, the one that runs already on this state, or a new one.
 * @throws RepriseError LOCAL_CLOUD: no Python, a port that is taken, one that does not come up.
 */
export async function ensureMiniStack(options: MiniStackOptions): Promise<MiniStack> {
  const foreign = options.endpoint ?? process.env['AWS_ENDPOINT_URL'];
  if (foreign !== undefined && foreign !== '') return useForeign(foreign);
  const { progress = () => undefined, port = DEFAULT_PORT } = options;
  const background = backgroundOf(options);
  const running = await runningPort(background);
  if (running !== undefined) {
    await untilReady(background, running);
    return handle(background, running, false);
  }
  const program = await ensureVenv(join(options.root, '.reprise', 'ministack'), progress);
  if (!(await isPortFree(port))) throw portTaken(port);
  progress(`starting the local cloud on port ${port}`);
  makePrivateDir(background.dir);
  makePrivateDir(join(background.dir, 'tmp'));
  writeFileSync(portFile(background), String(port), { mode: PRIVATE_FILE });
  startBackground(background, { program, env: environment(port, options, background.dir) });
  try {
    await untilReady(background, port);
  } catch (error) {
    await stopBackground(background);
    throw error;
  }
  return handle(background, port, true);
}

/** Where the instance of a state directory listens, or undefined when it does not run. */
export async function runningEndpoint(
  options: Pick<MiniStackOptions, 'stateDir' | 'root'>,
): Promise<string | undefined> {
  const port = await runningPort(backgroundOf(options));
  return port === undefined ? undefined : endpointOf(port);
}

/** Ends the instance of a state directory. @returns whether it ran. */
export function stopMiniStack(options: Pick<MiniStackOptions, 'stateDir' | 'root'>): Promise<boolean> {
  return stopBackground(backgroundOf(options));
}

function handle(background: Background, port: number, started: boolean): MiniStack {
  const stop = async () => void (await stopBackground(background));
  return { endpoint: endpointOf(port), started, stop };
}

const endpointOf = (port: number): string => `http://127.0.0.1:${port}`;

function backgroundOf({ stateDir, root }: Pick<MiniStackOptions, 'stateDir' | 'root'>): Background {
  return { dir: resolve(root, stateDir ?? '.reprise/local'), name: 'ministack', mark: 'ministack' };
}

const portFile = ({ dir }: Background): string => join(dir, 'ministack.port');

async function runningPort(background: Background): Promise<number | undefined> {
  if ((await runningPid(background)) === undefined) return undefined;
  return Number(readFileSync(portFile(background), 'utf8'));
}

async function useForeign(endpoint: string): Promise<MiniStack> {
  const answers = await fetch(endpoint).then(
    () => true,
    () => false,
  );
  if (answers) return { endpoint, started: false, stop: async () => undefined };
  throw localCloudError(
    `nothing answers at AWS_ENDPOINT_URL=${endpoint}: start it, or unset AWS_ENDPOINT_URL and a local cloud is started for you`,
  );
}

async function untilReady(background: Background, port: number): Promise<void> {
  for (let waited = 0; waited < READY_PATIENCE_MS; waited += READY_POLL_MS) {
    const response = await fetch(`http://127.0.0.1:${port}/_ministack/ready`).catch(() => undefined);
    // Another program may have taken the port in between: ours must live as well.
    const pid = await runningPid(background);
    if (response?.status === 200 && pid !== undefined) return;
    if (pid === undefined && waited > 0) break;
    await sleep(READY_POLL_MS);
  }
  const tail = readFileSync(logFile(background), 'utf8').trim().split('\n').slice(-8).join('\n');
  throw localCloudError(
    `the local cloud did not come up on port ${port}; ${logFile(background)} ends with:\n${tail}`,
  );
}

function portTaken(port: number) {
  return localCloudError(
    `port ${port} is taken by another program. Either stop that program, or choose another port (REPRISE_LOCAL_PORT=${port + 1} npm run local), or, if it is a local cloud you want used, set AWS_ENDPOINT_URL=http://127.0.0.1:${port}`,
  );
}

function environment(
  port: number,
  { root, functionsEndpoint = endpointOf(port) }: MiniStackOptions,
  dir: string,
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    AWS_ENDPOINT_URL: functionsEndpoint,
    // It binds every interface unless told otherwise, and a broker for things on port 8883 besides.
    BIND_HOST: '127.0.0.1',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    GATEWAY_PORT: String(port),
    LAMBDA_EXECUTOR: 'local',
    NODE_PATH: join(root, 'node_modules'),
    // Makes good a fault of this version that ends wide executions; the file says which.
    PYTHONPATH: join(root, 'lib/localcloud/ministack-mend'),
    PERSIST_STATE: '1',
    STATE_DIR: join(dir, 'state'),
    S3_PERSIST: '1',
    S3_DATA_DIR: join(dir, 's3'),
    // It unpacks functions here and leaves them behind.
    TMPDIR: join(dir, 'tmp'),
  };
}
