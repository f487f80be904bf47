import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createEngineClient, type EngineClient } from '../adapters/http/engine-client';
import { ensureLocalKeys, issueLocalToken, type LocalKeys } from '../adapters/http/local-issuer';
import { SCOPES } from '../core/access/scopes';
import { ensureAgents, stopAgents } from './agents';
import { authContext } from './auth-context';
import { type Deployment, deploy } from './deploy';
import { ensureMiniStack, type MiniStack, stopMiniStack } from './ministack';

const TOKEN_TTL_MS = 12 * 3_600_000;
/** A worker outlives the day it was started on. */
const WORKER_TTL_MS = 30 * 24 * 3_600_000;

export interface SessionOptions {
  readonly root: string;
  readonly stateDir: string;
  readonly port: number;
  readonly progress: (line: string) => void;
  /** Ends the deployment that is under way. */
  readonly signal: AbortSignal;
}

/** What one call of `bringUp` started, so that it can take it back. */
export interface Started {
  cloud?: MiniStack;
  readonly agents: string[];
  /** All of it is there. */
  isUp?: boolean;
}

export interface LocalSession {
  readonly deployment: Deployment;
  /** Speaks for the user `me`. */
  readonly client: EngineClient;
}

/** Brings the environment `local` up, or what of it is not up yet, and deploys what has changed. */
export async function bringUp(options: SessionOptions, started: Started): Promise<LocalSession> {
  const { root, stateDir, port, progress, signal } = options;
  const cloud = await ensureMiniStack({ root, stateDir, port, progress });
  started.cloud = cloud;
  signal.throwIfAborted();
  const keys = await ensureLocalKeys(stateDir);
  progress('deploying');
  const context = authContext(keys);
  const deployment = await deploy({ root, stateDir, endpoint: cloud.endpoint, context, signal });
  signal.throwIfAborted();
  progress('starting two workers');
  const workerToken = await tokenFor(keys, SCOPES.worker, WORKER_TTL_MS);
  const { apiUrl } = deployment;
  const onStart = (name: string) => void started.agents.push(name);
  await ensureAgents({ root, stateDir, apiUrl, token: workerToken, signal, onStart });
  signal.throwIfAborted();
  started.isUp = true;
  const token = await tokenFor(keys, SCOPES.jobs, TOKEN_TTL_MS);
  return { deployment, client: createEngineClient({ api: apiUrl, token, retry: { signal } }) };
}

/** Stops what one `bringUp` started; what ran before goes on. */
export async function takeBack({ cloud, agents }: Started, stateDir: string): Promise<void> {
  await stopAgents(stateDir, agents);
  if (cloud?.started) await cloud.stop();
}

/** Stops everything of the environment and forgets its state. @returns what ran. */
export async function tearDown(root: string, stateDir: string): Promise<string[]> {
  const agents = await stopAgents(stateDir);
  const ran = await stopMiniStack({ root, stateDir });
  rmSync(stateDir, { recursive: true, force: true });
  return [...agents.map((name) => `worker ${name}`), ...(ran ? ['local cloud'] : [])];
}

/** REPRISE_LOCAL_DIR is for a second environment beside the first. */
export const stateDirOf = (root: string): string =>
  resolve(root, process.env['REPRISE_LOCAL_DIR'] || join('.reprise', 'local'));

function tokenFor(keys: LocalKeys, scope: string, ttlMs: number): Promise<string> {
  return issueLocalToken(keys, { subject: 'me', scope, ttlMs, at: Date.now() });
}
