import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { parseEnvArguments } from '../adapters/embedded/process/environment';
import { userNamed } from '../adapters/embedded/process/run-as';
import { onSignals } from '../adapters/signals';
import { type Agent, startAgent } from '../agent/agent';
import type { PushOptions } from '../agent/channel';
import { createLog } from '../agent/log';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';
import type { Resources } from '../core/model/resources';
import { invalid } from './invalid';
import { wholeNumber } from './numbers';
import { parseName, parseResources, parseUrl, readSuites } from './options';
import { readToken, TOKEN_FILE_OPTION, type TokenOptions } from './own-token';
import { colorsFor } from './render/style';
import { type SecretOptions, secretsOf, withSecretOptions } from './secret-options';

interface Options extends TokenOptions, SecretOptions {
  readonly api: string;
  readonly labels: readonly string[];
  readonly slots: number;
  readonly resources?: Resources;
  readonly id?: string;
  readonly pool: string;
  readonly host?: string;
  readonly port?: number;
  readonly advertise?: string;
  readonly workDir: string;
  readonly suites?: string;
  readonly env: readonly string[];
  readonly runAs?: string;
  readonly isolate?: string;
}

/** `reprise agent`: a worker of a deployed engine. */
export function registerAgent(program: Command): void {
  withSecretOptions(program.command('agent'))
    .description('run as a worker: take attempts from a deployed engine and report on them')
    .addOption(
      new Option('--api <url>', 'address of the engine')
        .env('REPRISE_API')
        .argParser(parseUrl('--api'))
        .makeOptionMandatory(),
    )
    .option('--labels <list>', 'what this worker offers, separated by commas', parseLabels, [])
    .option('--slots <n>', 'attempts at once', wholeNumber('--slots', { most: LIMITS.workerSlots }), 1)
    .option(
      '--resources <list>',
      'what its attempts share, such as browserLicences=2, separated by commas',
      parseResources,
    )
    .option(
      '--id <id>',
      'name of this worker; keep it over restarts (default: that of the host)',
      parseName('--id'),
    )
    .option('--pool <id>', 'pool that this worker joins', parseName('--pool'), 'default')
    .option('--host <address>', 'be called by the engine, at this address; without these three it pulls')
    .option(
      '--port <n>',
      'be called by the engine, at this port; 0 takes a free one',
      wholeNumber('--port', { least: 0, most: 65_535 }),
    )
    .option(
      '--advertise <url>',
      'be called by the engine, at this address when not at --host and --port',
      parseUrl('--advertise'),
    )
    .option(...TOKEN_FILE_OPTION)
    .option('--token <jwt>', 'the token itself, which every user of this machine can see at the start')
    .option('--run-as <user>', 'whom commands run as; the agent itself has to be root')
    .option('--isolate <command>', 'what to run each command with, such as "podman run --rm image"')
    .option('--work-dir <dir>', 'where attempts and their logs are kept', '.reprise/agent')
    .option('--suites <file>', 'YAML map from suite id to the command that runs it')
    .option('--env <name>', 'NAME or NAME=VALUE: a variable that commands see; repeatable', collect, [])
    .action(runAgent);
}

async function runAgent(options: Options): Promise<void> {
  const { host: _host, port: _port, advertise: _advertise, id = hostId(), runAs, ...rest } = options;
  const token = readToken(options);
  const push = pushOf(options);
  const log = createLog({
    write: (line) => void process.stderr.write(line),
    clock: Date.now,
    color: colorsFor(process.stderr).isColorSupported,
  });
  const agent = await startAgent({
    ...rest,
    ...present({ push, runAs: runAs === undefined ? undefined : userNamed(runAs) }),
    ...{ id, token, log },
    workDir: join(resolve(options.workDir), id),
    suites: options.suites === undefined ? {} : await readSuites(options.suites),
    env: parseEnvArguments(options.env, process.env),
    secrets: secretsOf(options, offered(process.env), (message) => log.warn(message)),
    clock: Date.now,
  });
  await untilSignalled(agent);
}

/** Where it is called, if it is. */
function pushOf({ host, port, advertise }: Options): PushOptions | undefined {
  if (host === undefined && port === undefined && advertise === undefined) return undefined;
  if (advertise === undefined && (host === '0.0.0.0' || host === '::')) {
    throw invalid(`--host ${host} is no address to be reached at: give it with --advertise`);
  }
  return { host: host ?? '127.0.0.1', port: port ?? 0, ...present({ advertise }) };
}

/** What jobs may ask for without being named. With what the agent itself is to AWS it reads other secrets. */
function offered(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
}

/** The first signal ends the agent when its attempts have ended; the second ends them too. */
function untilSignalled(agent: Agent): Promise<void> {
  return new Promise((done, fail) => {
    // To the end of the process: a signal that comes while it leaves is no reason to die of it.
    onSignals({
      first(signal) {
        process.stderr.write(`${signal}: waiting for running attempts; once more ends them\n`);
        agent.drain().then(done, fail);
      },
      again(signal) {
        agent.kill(`the worker was stopped by ${signal}`).catch(fail);
      },
    });
  });
}

function hostId(): string {
  return (
    hostname()
      .replace(/[^A-Za-z0-9_-]/g, '-')
      .slice(0, 64) || 'agent'
  );
}

function parseLabels(text: string): string[] {
  const labels = text.split(',').map((label) => label.trim());
  const wrong = labels.find((label) => !/^[A-Za-z0-9_.:/=-]{1,64}$/.test(label));
  if (wrong === undefined && labels.length <= 64) return labels;
  throw invalid(`--labels: 1 to 64 letters, digits or any of _ . : / = - each, not ${JSON.stringify(wrong)}`);
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
