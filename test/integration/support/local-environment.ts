import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureLocalKeys, issueLocalToken } from '../../../lib/adapters/http/local-issuer';
import { SCOPES, type Scope } from '../../../lib/core/access/scopes';
import { present } from '../../../lib/core/model/present';
import { authContext } from '../../../lib/localcloud/auth-context';
import { type Deployment, deploy } from '../../../lib/localcloud/deploy';
import { ensureMiniStack } from '../../../lib/localcloud/ministack';
import { freePort } from '../../../lib/localcloud/port';
import { type Api, createApi } from './api';
import { assemblyOf, keysDir } from './assembly';

export const ROOT = join(__dirname, '..', '..', '..');

export interface LocalEnvironment {
  readonly deployment: Deployment;
  /** Where MiniStack and the deployment keep their logs. */
  readonly stateDir: string;
  /** A JWT of this environment's issuer. */
  readonly tokenFor: (subject: string, ...scopes: Scope[]) => Promise<string>;
  /** Calls as whoever it is. */
  readonly as: (subject: string, ...scopes: Scope[]) => Promise<Api>;
  /** Calls as a user who owns what it submits. */
  readonly user: Api;
  /** Calls as a worker. */
  readonly worker: Api;
  /** Deploys again, with other values of the CDK's context. */
  readonly redeploy: (context: Readonly<Record<string, string>>) => Promise<void>;
  /** Stops the local cloud, with its state kept, and starts it again. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface LocalPlace {
  /** Where the local cloud listens. Default: a port that is free. */
  readonly port?: number;
  /** Where functions find it, such as a proxy before it. */
  readonly functionsEndpoint?: string;
}

/**
 * The cloud that `AWS_ENDPOINT_URL` names, unless a test needs one at a place of its own; else one is started. All spec files then
 * share it, one after the other: `jest --runInBand`.
 */
export function cloudOf(
  env: Readonly<Record<string, string | undefined>>,
  place: LocalPlace,
): { readonly endpoint: string } {
  const isOwn = place.port !== undefined || place.functionsEndpoint !== undefined;
  return { endpoint: isOwn ? '' : (env['AWS_ENDPOINT_URL'] ?? '') };
}

/**
 * The whole environment `local`, on a local cloud of its own that shares nothing with one that runs already.
 * @param settings values of the CDK's context.
 */
export async function startLocalEnvironment(
  settings: Readonly<Record<string, string>> = {},
  place: LocalPlace = {},
): Promise<LocalEnvironment> {
  const stateDir = mkdtempSync(join(tmpdir(), 'reprise-local-'));
  const keys = await ensureLocalKeys(keysDir() ?? stateDir);
  const options = { root: ROOT, ...cloudOf(process.env, place), stateDir, port: await freePort(), ...place };
  let cloud = await ensureMiniStack(options);
  const stop = async () => {
    await cloud.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    const deployWith = async (more: Readonly<Record<string, string>>) => {
      const context = { ...authContext(keys), ...settings, ...more };
      const given = { root: ROOT, endpoint: cloud.endpoint, stateDir, context };
      return deploy({ ...given, ...present({ assembly: await assemblyOf(given) }) });
    };
    const deployment = await deployWith({});
    const redeploy = async (context: Readonly<Record<string, string>>) => void (await deployWith(context));
    const restart = async () => {
      await cloud.stop();
      cloud = await ensureMiniStack(options);
    };
    const tokenFor = (subject: string, ...scopes: Scope[]) =>
      issueLocalToken(keys, { subject, scope: scopes.join(' '), ttlMs: 3_600_000, at: Date.now() });
    const as = async (subject: string, ...scopes: Scope[]) =>
      createApi(deployment.apiUrl, await tokenFor(subject, ...scopes));
    const user = await as('tester', SCOPES.jobs);
    const worker = await as('test-node', SCOPES.worker);
    return { deployment, stateDir, tokenFor, as, user, worker, redeploy, restart, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
