import * as z from 'zod';
import { signInOriginsSchema, tokenRulesShape } from '../core/access/issuer';
import { quotasSchema } from '../core/access/quotas';
import { retryLimitsSchema } from '../core/access/retry-limits';
import { MACHINE_FORMS } from '../core/dag/emit/forms';
import { dependencyPoliciesSchema } from '../core/dependency/policy';
import { escalationSchema } from '../core/model/escalation';
import type { ReadOnly } from '../core/model/read-only';
import { deployedNotificationsSchema } from '../core/notify/rules';

const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 180, 365] as const;

/** Top-level domains and domains that belong to nobody: https://www.rfc-editor.org/rfc/rfc2606 */
const PLACEHOLDER = /(^|\.)(example\.(com|net|org)|example|invalid)$/;

/**
 * Whose tokens are accepted: an issuer, or where in SSM the deployment finds it, or a user pool that it makes itself. Keys that
 * sign the tokens are looked up at `jwksUri`, or where the issuer's discovery document says, or given inline where nothing
 * serves them.
 */
const authSchema = z.strictObject({
  issuer: z.url().exactOptional(),
  /** Whom the tokens are for; several, separated by spaces. */
  audience: z.string().min(1).exactOptional(),
  jwksUri: z.url().exactOptional(),
  jwks: z.string().refine(isKeySet, 'must be a JSON Web Key Set: {"keys": [...]}').exactOptional(),
  /** Prefix of the SSM parameters `issuer`, `audience` and `jwksUri`, which differ between accounts. */
  parameters: z
    .string()
    .regex(/^(\/[A-Za-z0-9_.-]+)+$/, 'is the prefix of SSM parameters, such as /reprise/dev/auth')
    .exactOptional(),
  /** How long a token may be valid: one that is stolen is of no use after that. */
  maxLifetimeSeconds: z.number().int().min(60).max(31_536_000),
  /** The public client with which a page signs in at the issuer (PKCE). */
  clientId: z.string().min(1).max(256).exactOptional(),
  signInOrigins: signInOriginsSchema.exactOptional(),
  /** Which claims say what, which roles may do what, and what a token must say: docs/access.md. */
  ...tokenRulesShape,
  /** A user pool of Cognito that the deployment makes, where no issuer is given. */
  userPool: z
    .strictObject({
      /** Where a page is that people sign in from: they come back there. */
      callbackUrls: z.array(z.url()).min(1).max(20),
      /** Of the address at which they sign in; made of the environment and the account where it is left out. */
      domainPrefix: z
        .string()
        .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'is 1 to 63 lower-case letters, digits and "-"')
        .exactOptional(),
    })
    .exactOptional(),
});

/** Functions that queues feed. */
const CONSUMERS = [
  'job-inputs',
  'pool-inputs',
  'dependency-inputs',
  'letter-inputs',
  'target-inputs',
  'notices',
  'deliver',
  'redrive',
  'dispatch',
  'timers',
  'effects',
  'triggers',
  'machine-builder',
  'learner',
  'sweeper',
] as const;
export type ConsumerName = (typeof CONSUMERS)[number];

/** Functions without which workers count as lost, or nothing moves. */
const ESSENTIAL = ['authorizer', 'worker-heartbeat', 'worker-socket', 'pool-inputs', 'sweeper'] as const;

const invocations = z.number().int().positive();

/** What Lambda leaves to functions that reserve nothing. */
export const LEAST_UNRESERVED = 100;

/** Invocations at the same time. All functions of an account and region share one quota. */
const concurrencySchema = z
  .strictObject({
    /** The quota of the account that this environment counts on; `reprise doctor` compares it with what there is. */
    account: invocations,
    /** Kept free for a function, and the most that it gets. */
    reserved: z.strictObject(
      Object.fromEntries(ESSENTIAL.map((name) => [name, invocations.exactOptional()])) as Record<
        (typeof ESSENTIAL)[number],
        z.ZodExactOptional<typeof invocations>
      >,
    ),
    /** The most that a queue may take. Lambda takes no limit under two, and none past a thousand. */
    consumers: z.strictObject(
      Object.fromEntries(CONSUMERS.map((name) => [name, z.number().int().min(2).max(1_000)])) as Record<
        ConsumerName,
        z.ZodNumber
      >,
    ),
  })
  .refine(({ reserved, consumers }) => consumers['pool-inputs'] <= (reserved['pool-inputs'] ?? Infinity), {
    path: ['consumers', 'pool-inputs'],
    message:
      'more than is reserved for it: what the queue takes beyond that is refused, and counts as received',
  })
  .refine((concurrency) => unreserved(concurrency) >= LEAST_UNRESERVED, {
    path: ['reserved'],
    message: `Lambda leaves at least ${LEAST_UNRESERVED} of the account to functions that reserve nothing`,
  });

/** Days before SQS forgets a message of a DLQ, at which it is put into the bucket. */
export const ARCHIVE_MARGIN_DAYS = 2;

/** All at once, or a tenth first: for some minutes, or one more tenth in each of them. */
const DEPLOYMENTS = [
  'ALL_AT_ONCE',
  'CANARY_10PERCENT_5MINUTES',
  'CANARY_10PERCENT_10MINUTES',
  'CANARY_10PERCENT_15MINUTES',
  'CANARY_10PERCENT_30MINUTES',
  'LINEAR_10PERCENT_EVERY_1MINUTE',
  'LINEAR_10PERCENT_EVERY_2MINUTES',
  'LINEAR_10PERCENT_EVERY_3MINUTES',
  'LINEAR_10PERCENT_EVERY_10MINUTES',
] as const;

/** What one setting may take of the variables of a function. */
const VARIABLE_BYTES = 1_000;
const VARIABLE_TOO_LONG = {
  message: `must be at most ${VARIABLE_BYTES} bytes as JSON: Lambda gives all variables of a function 4 KiB`,
};

/** One environment. The schema is the only description: the type comes from it. */
export const environmentSchema = z
  .strictObject({
    name: z.enum(['local', 'dev', 'staging', 'prod']),
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
    logRetentionDays: z.literal(LOG_RETENTION_DAYS),
    /** Tables, buckets and logs outlive their stack, and the table refuses deletion. */
    dataRetained: z.boolean(),
    /** What encrypts the table: a key of DynamoDB's, at no cost; the account's `aws/dynamodb`; or one of your own. */
    tableKey: z.union([z.enum(['aws-owned', 'aws-managed']), z.strictObject({ kmsKeyArn: kmsKeyArn() })]),
    alarms: z.boolean(),
    /** How functions get to a new version, and back while an alarm is raised: by the names of CodeDeploy. */
    deployment: z.enum(DEPLOYMENTS),
    /** Effects run right after their append; off, only the outbox relay performs them. */
    fastPath: z.boolean(),
    /** Pools of workers that the sweeper visits. */
    pools: z.array(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)).min(1),
    queue: z.strictObject({
      /** Jobs that may wait in the queue of a pool; one more is refused until some have been admitted. */
      maxWaitingJobs: z.number().int().min(1).max(1_000_000),
    }),
    workers: z.strictObject({
      /** Networks in which a worker may be called by http, loopback among them only where it is named; else https. */
      httpCidrs: networks(),
    }),
    /** The network that workers are called in; without it they are called over the internet. Those that pull need none. */
    vpc: z
      .strictObject({
        subnetIds: z.array(z.string().regex(/^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/)).min(1),
        securityGroupIds: z
          .array(z.string().regex(/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/))
          .min(1)
          .max(5),
      })
      .optional(),
    /** What one owner may have; see docs/security.md. */
    quotas: quotasSchema,
    retries: z.strictObject({
      /** What nodes may ask for at most, by suite and node; see docs/retries.md. */
      limits: retryLimitsSchema,
      /** The share of retries that may try what is not known to be best, to learn what is; 0 learns nothing. */
      explore: z.number().min(0).max(0.25),
    }),
    recovery: z.strictObject({
      /** Who is told, and when, that a recovery has failed; see docs/recovery.md. */
      escalation: escalationSchema.refine(fitsVariable, VARIABLE_TOO_LONG),
    }),
    /** Whom to tell of what happens; without it the queue of notifications is for a consumer of your own. See docs/notifications.md. */
    notifications: deployedNotificationsSchema.optional(),
    receivers: z.strictObject({
      /** Networks in which who is notified may be called by http, loopback among them only where it is named; else https. */
      httpCidrs: networks(),
    }),
    /** When the breakers of dependencies open; see docs/dependencies.md. */
    dependencies: dependencyPoliciesSchema.refine(fitsVariable, VARIABLE_TOO_LONG),
    reconciler: z.strictObject({
      /** What is younger counts as under way. */
      graceSeconds: z.number().int().min(5).max(3_600),
    }),
    functions: z.strictObject({
      memoryMb: z.number().int().min(128).max(10_240),
      timeoutSeconds: z.number().int().min(1).max(900),
    }),
    concurrency: concurrencySchema,
    queues: z.strictObject({
      visibilitySeconds: z.number().int().min(1).max(43_200),
      maxReceives: z.number().int().min(1).max(1_000),
      /** SQS keeps nothing for longer than 14; two of them are what a letter has to reach its archive. */
      dlqDays: z.number().int().min(4).max(14),
    }),
    letters: z.strictObject({
      /** Letters that may wait before somebody is told. */
      maxWaiting: z.number().int().min(0).max(1_000_000),
      /** Days that one may wait before somebody is told. */
      maxAgeDays: z.number().int().min(1).max(13),
      /** Days that what was taken out of DLQs is kept in the bucket. */
      archiveDays: z.number().int().min(14).max(3_650),
    }),
    machines: z.strictObject({
      /** Machines of their own with a state for each node, or one state for a whole job: see docs/cost.md. */
      form: z.enum(MACHINE_FORMS),
      /** State machines that graphs beside the stack's may have in all; 0 runs every one of them on the graph runner. */
      budget: z.number().int().min(0).max(100_000),
      /** Days after which the machines of a registered graph that no job used are deleted. */
      unusedDays: z.number().int().min(1).max(3_650),
    }),
    /** What is over and archived; see docs/cleanup.md. */
    cleanup: z.strictObject({
      /** Days after its end that a job is archived and removed. The table's stream, from which effects are made good, keeps one. */
      jobDays: z.number().int().min(2).max(36_500),
      /** Days after its end that a day of the audit trail is archived and removed. */
      auditDays: z.number().int().min(2).max(36_500),
      /** Says what would go, and removes nothing. */
      dryRun: z.boolean(),
    }),
    /** Anchors of journals; see docs/audit.md. */
    audit: z.strictObject({
      /** Whether they are made. */
      anchored: z.boolean(),
      /** Days that an anchor can be neither overwritten nor deleted. */
      anchorDays: z.number().int().min(1).max(36_500),
      /** Who may yet: in `governance` whoever has the permission, in `compliance` nobody, the account's root among them. */
      anchorLock: z.enum(['governance', 'compliance']),
      /** How long is waited for more to anchor at once, in seconds: what is cut within that time is not noticed. Lambda takes 1 to 300. */
      anchorWindowSeconds: z.number().int().min(1).max(300),
    }),
    api: z.strictObject({ ratePerSecond: z.number().positive(), burst: z.number().int().positive() }),
    auth: authSchema,
  })
  .superRefine(({ name, auth }, context) => {
    for (const [key, message] of problemsOfAuth(name, auth))
      context.addIssue({ code: 'custom', path: ['auth', key], message });
  })
  .refine(({ queues, letters }) => letters.maxAgeDays < queues.dlqDays - ARCHIVE_MARGIN_DAYS, {
    path: ['letters', 'maxAgeDays'],
    message: `must end before letters are archived, ${ARCHIVE_MARGIN_DAYS} days before queues.dlqDays`,
  })
  .refine(({ queues, functions }) => queues.visibilitySeconds >= functions.timeoutSeconds, {
    path: ['queues', 'visibilitySeconds'],
    message: 'must not be less than functions.timeoutSeconds, or a message is handled twice at once',
  });

export type EnvironmentConfig = z.infer<typeof environmentSchema>;
export type EnvironmentName = EnvironmentConfig['name'];
/** An environment as its file says it: who issues tokens may be left to the deployment. */
export type EnvironmentInput = ReadOnly<Omit<z.input<typeof environmentSchema>, 'fastPath'>>;

type Concurrency = {
  readonly account: number;
  readonly reserved: Readonly<Record<string, number | undefined>>;
};

/** Invocations that all functions share which reserve nothing. */
function unreserved({ account, reserved }: Concurrency): number {
  return account - reservedSum(reserved);
}

/** Invocations that functions have for themselves, together. */
export function reservedSum(reserved: Concurrency['reserved']): number {
  return Object.values(reserved).reduce<number>((sum, each) => sum + (each ?? 0), 0);
}

function problemsOfAuth(name: EnvironmentName, auth: z.infer<typeof authSchema>): [string, string][] {
  const { parameters, issuer, audience, jwksUri, jwks, userPool } = auth;
  const isLocal = name === 'local';
  if (userPool !== undefined) {
    if ([parameters, issuer, audience, jwksUri, jwks].every((value) => value === undefined)) return [];
    return [['userPool', 'issues the tokens: say either that or an issuer']];
  }
  if (parameters !== undefined) {
    if ([issuer, audience, jwksUri, jwks].every((value) => value === undefined)) return [];
    return [['parameters', 'says where issuer, audience and jwksUri are: say either that or them']];
  }
  const problems: [string, string][] = [];
  if (issuer === undefined) problems.push(['issuer', 'missing: whose tokens are accepted?']);
  else if (!isLocal && URL.canParse(issuer) && PLACEHOLDER.test(new URL(issuer).hostname))
    problems.push(['issuer', `${issuer} is a placeholder: every call would be refused`]);
  if (audience === undefined) problems.push(['audience', 'missing: whom are the tokens for?']);
  if (!isLocal && jwks !== undefined)
    problems.push([
      'jwks',
      'inline keys cannot be rotated: outside local give authJwksUri, or nothing where the issuer has a discovery document',
    ]);
  return problems;
}

function fitsVariable(value: unknown): boolean {
  return JSON.stringify(value).length <= VARIABLE_BYTES;
}

function networks() {
  return z.array(z.union([z.cidrv4(), z.cidrv6()])).max(64);
}

function kmsKeyArn() {
  return z.string().regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\//, 'is the ARN of a key of KMS');
}

function isKeySet(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as { keys?: unknown }).keys);
  } catch {
    return false;
  }
}
