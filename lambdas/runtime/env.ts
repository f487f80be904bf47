import * as z from 'zod';
import { tokenRulesSchema } from '../../lib/core/access/issuer';
import { DEFAULT_QUOTAS, quotasSchema } from '../../lib/core/access/quotas';
import { retryLimitsSchema } from '../../lib/core/access/retry-limits';
import { MACHINE_FORMS } from '../../lib/core/dag/emit/forms';
import { dependencyPoliciesSchema, NO_POLICIES } from '../../lib/core/dependency/policy';
import { DEFAULT_ESCALATION, escalationSchema } from '../../lib/core/model/escalation';

const arn = z.string().startsWith('arn:');
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean),
);

/** `name=value,name=value` */
const pairs = list.transform((entries) => entries.map((entry) => entry.split('=', 2) as [string, string]));

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
});

/** The address of a queue, or its name: queues of one account share all of their address but that. */
const queueUrl = z
  .string()
  .min(1)
  .transform((given) => (given.includes('://') ? given : new URL(given, process.env['JOBS_QUEUE_URL']).href));

/** Environment variables of the functions; lib/constructs/function-variables.ts sets them. */
const schema = z.object({
  TABLE_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(1),
  JOBS_QUEUE_URL: z.url(),
  POOLS_QUEUE_URL: queueUrl,
  DEPENDENCIES_QUEUE_URL: queueUrl,
  LETTERS_QUEUE_URL: queueUrl,
  TARGETS_QUEUE_URL: queueUrl,
  /** The parameter that has targets and rules of notifications; empty where there are none. */
  NOTIFICATIONS_ARN: z.string().default(''),
  DELIVERIES_QUEUE_URL: queueUrl,
  REDRIVE_QUEUE_URL: queueUrl,
  DISPATCH_QUEUE_URL: queueUrl,
  TIMERS_QUEUE_URL: queueUrl,
  EFFECTS_QUEUE_URL: queueUrl,
  GRAPHS_QUEUE_URL: queueUrl,
  TRIGGERS_QUEUE_URL: queueUrl,
  SWEEPS_QUEUE_URL: queueUrl,
  /** The queue that feeds the function, and its DLQ. */
  QUEUE_URL: z.url(),
  DLQ_URL: z.url(),
  /** Names of DLQs, and of queues that have no URL here, each with what the list of letters calls its queue. */
  DEAD_LETTER_QUEUES: pairs,
  OTHER_QUEUES: pairs,
  /** Days after which a message of a DLQ goes to the archive. */
  ARCHIVE_AFTER_DAYS: z.coerce.number().positive(),
  /** What schedules of timers send to, and where they leave what they cannot. */
  TIMERS_QUEUE_ARN: arn,
  TIMERS_DLQ_ARN: arn,
  /** The same of the clocks and rules of triggers. */
  TRIGGERS_QUEUE_ARN: arn,
  TRIGGERS_DLQ_ARN: arn,
  /** The group of the schedules, and what EventBridge Scheduler sends as. */
  SCHEDULE_GROUP: z.string().min(1),
  SCHEDULER_ROLE_ARN: arn,
  EVENT_BUS_NAME: z.string().min(1),
  GRAPH_RUNNER_ARN: arn,
  /** Such as `arn:aws:states:eu-west-1:111122223333:stateMachine:reprise-dev-`. */
  MACHINE_ARN_PREFIX: arn,
  /** What the machines of registered graphs are made with. */
  MACHINE_ROLE_ARN: arn,
  MACHINE_LOG_ARN: arn,
  /** Whether machines have a published version and the alias `live`. */
  MACHINE_VERSIONS: z.enum(['on', 'off']),
  MACHINE_FORM: z.enum(MACHINE_FORMS).default('per-node'),
  /** Machines of registered and submitted graphs that there may be; the account has 100,000 in all. */
  MACHINE_BUDGET: z.coerce.number().int().nonnegative().default(2_000),
  /** Days after which a registered machine that nobody used is collected. */
  MACHINE_UNUSED_DAYS: z.coerce.number().int().positive().default(30),
  /** Days after its end that a job is archived and removed. */
  CLEANUP_JOB_DAYS: z.coerce.number().min(1).default(90),
  /** Days after which a day of the audit trail is archived and removed. */
  CLEANUP_AUDIT_DAYS: z.coerce.number().min(2).default(400),
  /** `on` has the cleanup say what would go, and remove nothing. */
  CLEANUP_DRY_RUN: z.enum(['on', 'off']).default('off'),
  /** Where anchors are put, and the key of KMS that signs them. */
  ANCHOR_BUCKET: z.string().min(1),
  ANCHOR_KEY_ARN: arn,
  /** The function that cleans up. */
  CLEANER_FUNCTION: z.string().min(1),
  /** Where workers that pull connect: `wss://`, with the stage. */
  SOCKET_URL: z.url(),
  /** The secret under which attempt and dispatch tokens are made. */
  SECRET_ARN: z.string().min(1),
  /** Pools that exist, separated by commas. */
  POOL_NAMES: list.default(['default']),
  /** Jobs that may wait in the queue of a pool. */
  MAX_WAITING_JOBS: z.coerce.number().int().positive().default(10_000),
  /** Networks in which workers may be called by http, separated by commas. */
  HTTP_CIDRS: list.default([]),
  /** Networks in which who is notified may be called by http, separated by commas. */
  RECEIVER_CIDRS: list.default([]),
  /** `OwnerQuotas` as JSON. */
  QUOTAS: json.pipe(quotasSchema).default(DEFAULT_QUOTAS),
  /** `RetryLimits` as JSON. */
  RETRY_LIMITS: json.pipe(retryLimitsSchema).default([]),
  /** The share of retries that may try what is not known to be best; 0 learns nothing. */
  RETRY_EXPLORE: z.coerce.number().min(0).max(1).default(0),
  /** When breakers of dependencies open, as JSON. */
  DEPENDENCY_POLICIES: json.pipe(dependencyPoliciesSchema).default(NO_POLICIES),
  /** Who is told when a recovery fails, as JSON. */
  ESCALATION: json.pipe(escalationSchema).default([...DEFAULT_ESCALATION]),
  /** What is younger counts as under way when journals and world are compared. */
  RECONCILER_GRACE_SECONDS: z.coerce.number().int().positive().default(180),
  AUTH_ISSUER: z.string().min(1),
  /** Whom tokens may be for, separated by spaces. */
  AUTH_AUDIENCE: z.string().transform((text) => text.split(' ').filter(Boolean)),
  /** Keys inline, as JSON; the local cloud only. */
  AUTH_JWKS: z.string().optional(),
  AUTH_JWKS_URI: z.url().optional(),
  /** `TokenRules` as JSON. */
  AUTH_RULES: json.pipe(tokenRulesSchema).default(tokenRulesSchema.parse({})),
  /** The public client with which a page signs in. */
  AUTH_CLIENT_ID: z.string().default(''),
  /** How long a token may be valid, in seconds. */
  AUTH_MAX_SECONDS: z.coerce.number().int().positive().default(86_400),
  /** `off` leaves every effect to the outbox relay. */
  FAST_PATH: z.enum(['on', 'off']).default('on'),
  /** Set where AWS is played by something else. */
  AWS_ENDPOINT_URL: z.url().optional(),
});
type Env = z.infer<typeof schema>;

/**
 * The variables a function uses, checked when it starts.
 * @throws Error that names each variable that is missing or wrong.
 */
export function readEnv<Name extends keyof Env>(...names: Name[]): Pick<Env, Name> {
  const mask = Object.fromEntries(names.map((name) => [name, true])) as { [K in keyof Env]?: true };
  const parsed = schema.pick(mask as Required<typeof mask>).safeParse(process.env);
  if (parsed.success) return parsed.data as Pick<Env, Name>;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the environment of this function is not complete: ${problems.join('; ')}`);
}
