import { DEFAULT_QUOTAS } from '../core/access/quotas';
import { RepriseError } from '../core/errors';
import { type EnvironmentConfig, type EnvironmentName, environmentSchema } from './schema';

/** What every environment shares unless it says otherwise. Seconds and days are in the names. */
const BASE = {
  logLevel: 'INFO',
  logRetentionDays: 30,
  dataRetained: true,
  alarms: true,
  pools: ['default'],
  queue: { maxWaitingJobs: 10_000 },
  workers: { httpCidrs: [] },
  quotas: DEFAULT_QUOTAS,
  functions: { memoryMb: 512, timeoutSeconds: 15 },
  queues: {
    // Three times the function's timeout. The customary six would let a job wait a minute and a half after its
    // function crashed, past the 60 seconds in which a loss must be noticed.
    visibilitySeconds: 45,
    maxReceives: 5,
    dlqDays: 14,
  },
  machines: { unusedDays: 30, budget: 2_000 },
  api: { ratePerSecond: 500, burst: 1_000 },
} as const;

/** Issuers under `example.com` accept nobody: give the real one with `-c authIssuer=...` or replace it here. */
const issuerOf = (name: EnvironmentName) => ({
  issuer: `https://auth.example.com/${name}`,
  audience: `reprise-${name}`,
  maxLifetimeSeconds: 24 * 3_600,
  jwksUri: `https://auth.example.com/${name}/.well-known/jwks.json`,
});

const ENVIRONMENTS = {
  local: {
    ...BASE,
    name: 'local',
    logRetentionDays: 1,
    dataRetained: false,
    alarms: false,
    // Cold starts share the developer's cores, and a poisoned message should reach its queue while one watches.
    functions: { memoryMb: 256, timeoutSeconds: 15 },
    queues: { ...BASE.queues, visibilitySeconds: 15, maxReceives: 3 },
    // The agents are on this machine.
    workers: { httpCidrs: ['127.0.0.0/8', '::1/128'] },
    // scripts/local.ts gives the issuer of this machine, and its keys.
    auth: {
      issuer: 'https://auth.example.com/local',
      audience: 'reprise-local',
      maxLifetimeSeconds: 30 * 24 * 3_600,
    },
  },
  dev: {
    ...BASE,
    name: 'dev',
    logLevel: 'DEBUG',
    logRetentionDays: 7,
    dataRetained: false,
    auth: issuerOf('dev'),
  },
  staging: { ...BASE, name: 'staging', auth: issuerOf('staging') },
  prod: {
    ...BASE,
    name: 'prod',
    logRetentionDays: 365,
    functions: { memoryMb: 1_024, timeoutSeconds: 15 },
    api: { ratePerSecond: 2_000, burst: 4_000 },
    auth: issuerOf('prod'),
  },
} as const satisfies Record<EnvironmentName, unknown>;

export const ENVIRONMENT_NAMES = Object.keys(ENVIRONMENTS) as EnvironmentName[];

/** Values of `-c key=value`, or undefined. */
export type ContextReader = (key: string) => unknown;

/**
 * The environment that `-c env=NAME` names (default `dev`), with `-c authIssuer|authAudience|authJwksUri` and, for
 * the local one, the inline key set of `-c authJwks` laid over it. `-c fastPath=off` leaves all effects to the outbox
 * relay, `-c maxWaitingJobs=N` bounds the queues of jobs.
 * @throws RepriseError INPUT_INVALID
 */
export function loadEnvironment(context: ContextReader): EnvironmentConfig {
  const name = context('env') ?? 'dev';
  if (!isEnvironmentName(name)) {
    throw new RepriseError(
      'INPUT_INVALID',
      `unknown environment "${String(name)}": use -c env= with one of ${ENVIRONMENT_NAMES.join(', ')}`,
    );
  }
  const { auth, queue, ...rest } = ENVIRONMENTS[name];
  const maxWaitingJobs = context('maxWaitingJobs');
  const parsed = environmentSchema.safeParse({
    ...rest,
    queue: maxWaitingJobs === undefined ? queue : { maxWaitingJobs: Number(maxWaitingJobs) },
    fastPath: context('fastPath') !== 'off',
    auth: { ...auth, ...authOverrides(context) },
  });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new RepriseError('INPUT_INVALID', `environment ${name} is not valid: ${problems.join('; ')}`);
}

function authOverrides(context: ContextReader): Record<string, unknown> {
  const given = {
    issuer: context('authIssuer'),
    audience: context('authAudience'),
    jwksUri: context('authJwksUri'),
    jwks: context('authJwks'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
}

function isEnvironmentName(name: unknown): name is EnvironmentName {
  return typeof name === 'string' && Object.hasOwn(ENVIRONMENTS, name);
}
