import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Background, logFile, runningPid, startBackground, stopBackground } from './background';
import { runCommand } from './command';
import { tail } from './log-tail';
import { localCloudError } from './problem';

/** The workers of the local environment. */
const AGENTS = ['local-1', 'local-2'] as const;
const LABELS = 'linux,chromium';
const SLOTS = 4;

const CONNECTED = /info +connected/;
const PATIENCE_MS = 60_000;
const POLL_MS = 100;

export interface AgentSettings {
  /** The repository; commands of graphs run from here. */
  readonly root: string;
  readonly stateDir: string;
  readonly apiUrl: string;
  /** JWT with the scope of workers. */
  readonly token: string;
  /** Ends the wait for them. */
  readonly signal?: AbortSignal;
  /** Hears of each agent as it is started. */
  readonly onStart?: (name: string) => void;
}

/**
 * Starts the agents that do not run yet, and waits until each is in its pool.
 * @throws RepriseError LOCAL_CLOUD with the end of the agent's log.
 */
export async function ensureAgents(settings: AgentSettings): Promise<void> {
  await build(settings.root);
  const started: string[] = [];
  for (const name of AGENTS) {
    const agent = agentOf(settings.stateDir, name);
    if ((await runningPid({ ...agent, mark: `--api ${settings.apiUrl} ${agent.mark}` })) !== undefined)
      continue;
    // One that speaks to an API which is gone is of no use.
    await stopBackground(agent);
    startBackground(agent, commandOf(settings, name));
    started.push(name);
    settings.onStart?.(name);
  }
  await Promise.all(started.map((name) => untilConnected(agentOf(settings.stateDir, name), settings.signal)));
}

/** @returns names of those that ran. */
export async function stopAgents(stateDir: string, names: readonly string[] = AGENTS): Promise<string[]> {
  const stopped = await Promise.all(names.map((name) => stopBackground(agentOf(stateDir, name))));
  return names.filter((_, i) => stopped[i]);
}

function agentOf(stateDir: string, name: string): Background {
  return { dir: join(stateDir, 'agents'), name, mark: `--id ${name}`, wantsTwo: true };
}

function commandOf({ root, stateDir, apiUrl, token }: AgentSettings, name: string) {
  return {
    program: process.execPath,
    args: [
      join(root, 'dist', 'reprise.js'),
      ...['agent', '--api', apiUrl, '--id', name, '--labels', LABELS, '--slots', String(SLOTS)],
      ...['--work-dir', join(stateDir, 'agents'), '--token-file', '/dev/fd/3'],
    ],
    // Every user of the machine sees arguments, and every command of an agent could see the agent's environment.
    secret: token,
    env: withoutToken(process.env),
    cwd: root,
  };
}

function withoutToken({ REPRISE_TOKEN: _, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env;
}

/** What is in dist/ may be older than the code. */
async function build(root: string): Promise<void> {
  const { status, output } = await runCommand(process.execPath, ['scripts/build.mjs'], { cwd: root });
  if (status !== 0) throw localCloudError(`the command line does not build:\n${output.trim()}`);
}

async function untilConnected(agent: Background, signal: AbortSignal | undefined): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    signal?.throwIfAborted();
    if (CONNECTED.test(tail(logFile(agent), 50))) return;
    if ((await runningPid(agent)) === undefined && waited > POLL_MS) break;
    await sleep(POLL_MS);
  }
  throw localCloudError(
    `the agent ${agent.name} did not start; ${logFile(agent)} ends with:\n${tail(logFile(agent), 8)}`,
  );
}
