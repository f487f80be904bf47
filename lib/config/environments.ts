import { RepriseError } from '../core/errors';
import { dev } from './environment/dev';
import { local } from './environment/local';
import { prod } from './environment/prod';
import { staging } from './environment/staging';
import {
  type EnvironmentConfig,
  type EnvironmentInput,
  type EnvironmentName,
  environmentSchema,
} from './schema';

/** One file an environment; where values differ between accounts, the file names parameters of SSM. */
const ENVIRONMENTS = { local, dev, staging, prod } as const satisfies Record<
  EnvironmentName,
  EnvironmentInput
>;

export const ENVIRONMENT_NAMES = Object.keys(ENVIRONMENTS) as EnvironmentName[];

/** Values of `-c key=value`, or undefined. */
export type ContextReader = (key: string) => unknown;

/**
 * The environment that `-c env=NAME` names (default `dev`), with `-c authIssuer|authAudience|authJwksUri|authClientId`, or
 * the prefix of SSM parameters `-c authParameters`, or a user pool of its own whose users come back to
 * `-c authCallbackUrls=A,B`, and, for the local one, the inline key set of `-c authJwks` laid over
 * it. `-c fastPath=off` leaves all effects to the outbox relay, `-c maxWaitingJobs=N` bounds the queues of jobs,
 * `-c retryLimits=JSON` says what nodes may ask for when they are tried again, `-c notifications=JSON` whom to tell of
 * what happens, `-c anchors=on|off` whether journals are anchored,
 * `-c machines=compact` has one state for a job in place of one a node,
 * `-c deployment=ALL_AT_ONCE` brings functions to their new version in another way than the environment's,
 * `-c reservedConcurrency=off` reserves nothing, for accounts whose quota does not allow it, and `-c vpcSubnets=A,B
 * -c vpcSecurityGroups=C` name the network in which workers are called.
 * @throws RepriseError INPUT_INVALID, which names the file and the key.
 */
export function loadEnvironment(context: ContextReader): EnvironmentConfig {
  const name = context('env') ?? 'dev';
  if (!isEnvironmentName(name)) {
    throw new RepriseError(
      'INPUT_INVALID',
      `unknown environment "${String(name)}": use -c env= with one of ${ENVIRONMENT_NAMES.join(', ')}`,
    );
  }
  const file: EnvironmentInput = ENVIRONMENTS[name];
  const auth = { ...file.auth, ...authOverrides(context) };
  const { issuer, parameters, userPool, audience, jwksUri } = auth as EnvironmentInput['auth'];
  const isSaid = issuer !== undefined || parameters !== undefined || userPool !== undefined;
  if (!isSaid && (audience ?? jwksUri) !== undefined) throw noIssuer(name);
  const issuing = isSaid ? {} : { userPool: { callbackUrls: callbacksOf(context) } };
  const maxWaitingJobs = context('maxWaitingJobs');
  const [retryLimits, notifications, anchors] = ['retryLimits', 'notifications', 'anchors'].map(context);
  const parsed = environmentSchema.safeParse({
    ...file,
    retries:
      retryLimits === undefined ? file.retries : { ...file.retries, limits: jsonOf(String(retryLimits)) },
    queue: maxWaitingJobs === undefined ? file.queue : { maxWaitingJobs: Number(maxWaitingJobs) },
    ...(notifications === undefined ? {} : { notifications: jsonOf(String(notifications)) }),
    audit: anchors === undefined ? file.audit : { ...file.audit, anchored: anchors === 'on' },
    fastPath: context('fastPath') !== 'off',
    deployment: context('deployment') ?? file.deployment,
    machines: { ...file.machines, form: context('machines') ?? file.machines.form },
    concurrency:
      context('reservedConcurrency') === 'off' ? { ...file.concurrency, reserved: {} } : file.concurrency,
    auth: { ...auth, ...issuing },
    ...vpcOverride(context),
  });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new RepriseError(
    'INPUT_INVALID',
    `environment ${name} is not valid: ${problems.join('; ')} (${fileOf(name)})`,
  );
}

/** An audience without an issuer is a slip: with neither, the deployment makes a user pool. */
function noIssuer(name: EnvironmentName): RepriseError {
  return new RepriseError(
    'INPUT_INVALID',
    `environment ${name} has no issuer of its callers' tokens. Say auth.issuer and auth.audience in ` +
      `${fileOf(name)}, or -c authIssuer=... -c authAudience=...; or keep them in SSM as PREFIX/issuer, ` +
      `PREFIX/audience and PREFIX/jwksUri, and say auth.parameters or -c authParameters=PREFIX; or say none of them, ` +
      `and a user pool is made`,
  );
}

/** Where people come back to from signing in; a daemon on this machine serves the same page. */
function callbacksOf(context: ContextReader): string[] {
  const given = listOf(context('authCallbackUrls'));
  return given.length > 0 ? given : ['http://localhost:4400/'];
}

const fileOf = (name: EnvironmentName): string => `lib/config/environment/${name}.ts`;

function authOverrides(context: ContextReader): Record<string, unknown> {
  const given = {
    issuer: context('authIssuer'),
    audience: context('authAudience'),
    jwksUri: context('authJwksUri'),
    jwks: context('authJwks'),
    parameters: context('authParameters'),
    clientId: context('authClientId'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
}

function vpcOverride(context: ContextReader): Record<string, unknown> {
  const [subnets, groups] = [context('vpcSubnets'), context('vpcSecurityGroups')];
  if (subnets === undefined && groups === undefined) return {};
  return { vpc: { subnetIds: listOf(subnets), securityGroupIds: listOf(groups) } };
}

/** What is no JSON is left to the schema, which says where it stands. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const listOf = (value: unknown): string[] =>
  String(value ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

function isEnvironmentName(name: unknown): name is EnvironmentName {
  return typeof name === 'string' && Object.hasOwn(ENVIRONMENTS, name);
}
