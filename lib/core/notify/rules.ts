import * as z from 'zod';
import { type Finding, type Locate, problemsError } from '../dag/check/problems';
import { readDocument } from '../dag/read/document';
import { assertNever, isRepriseError, RepriseError } from '../errors';
import { LIMITS } from '../limits';
import { eventTypeNames, SEVERITIES } from '../messages/event-types';
import { count, line, positive, recordOf, text } from '../model/bounded';
import { parseDuration } from '../model/duration';
import { idSchema } from '../model/ids';
import { JOB_OUTCOMES } from '../model/outcome';
import type { ReadOnly } from '../model/read-only';
import { isTimeZone } from '../trigger/time-zone';

/** What is secret stays out of the file, of journals and of logs: the file says where it is. */
const secretSchema = z.union(
  [
    z.strictObject({
      env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'is the name of a variable, such as SLACK_URL'),
    }),
    z.strictObject({
      arn: line(LIMITS.urlLength).regex(
        /^arn:aws[a-z-]*:(secretsmanager|ssm):/,
        'is the ARN of a secret of Secrets Manager or a parameter of Parameter Store',
      ),
    }),
  ],
  'must say where the secret is: {env: VARIABLE} or {arn: ARN}, and never what it is',
);
export type SecretRef = ReadOnly<z.infer<typeof secretSchema>>;

const url = z.url({ protocol: /^https?$/, error: 'must be an address that begins with https://' });
/** An address that lets in whoever knows it. */
const secretUrl = z.union([url, secretSchema], 'must be an address, or {env: VARIABLE} or {arn: ARN} of one');
/** None that a header could be made of. */
const address = line(320).regex(/^[^\s<>,;:"]+@[^\s<>,;:"@]+$/, 'must be an email address');

const targetSchema = z.discriminatedUnion('type', [
  /** Events as JSON, signed as https://www.standardwebhooks.com has it. */
  z.strictObject({ type: z.literal('webhook'), url: secretUrl, secret: secretSchema }),
  /** An incoming webhook of Slack, or of what understands the same. Its address is its secret. */
  z.strictObject({ type: z.literal('slack'), url: secretSchema }),
  z.strictObject({
    type: z.literal('email'),
    from: address,
    to: z.array(address).min(1).max(LIMITS.recipients),
    /** The server that sends it; without one it is SES. */
    smtp: z
      .strictObject({
        host: line(253).min(1),
        port: positive(65_535).default(587),
        /** TLS from the first byte, as port 465 has it; else STARTTLS. */
        tls: z.boolean().default(false),
        user: line(LIMITS.ownerLength).exactOptional(),
        password: secretSchema.exactOptional(),
      })
      .exactOptional(),
    /** Of SES, where it is not that of the engine. */
    region: line(LIMITS.idLength).exactOptional(),
  }),
  /** The status of the commit that a job is about. */
  z.strictObject({
    type: z.literal('github'),
    repository: line(140).regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name'),
    token: secretSchema,
    /** The parameter of the job that has the SHA of the commit. */
    commit: line(LIMITS.idLength).default('commit'),
    /** Under which the status stands. `{graph}` is the name of the graph. */
    context: line(255).default('reprise/{graph}'),
    api: url.default('https://api.github.com'),
  }),
  /** A notification engine: docs/notifications.md has its four calls. */
  z.strictObject({ type: z.literal('notification-engine'), url, token: secretSchema }),
]);
export type TargetDefinition = ReadOnly<z.infer<typeof targetSchema>>;

/** A duration as people write it; milliseconds. */
const duration = (most: number) =>
  z.union([z.string().max(64), z.number()]).transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== undefined && ms <= most) return ms;
    const message = `must be a duration such as 30s, 10m or 2h, ${most / 3_600_000}h at most`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** Minutes since midnight. */
const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00, in quotes')
  .transform((value) => Number(value.slice(0, 2)) * 60 + Number(value.slice(3)));

const quietHours = z.strictObject({
  timezone: line(LIMITS.idLength).refine(isTimeZone, 'must be a time zone such as Europe/Berlin'),
  from: clockTime,
  to: clockTime,
  /** Notices of this severity or above do not wait. */
  breaksThrough: z.enum(SEVERITIES).default('critical'),
});

const words = (most: number) => z.array(line(most).min(1)).min(1).max(LIMITS.ruleValues);

/** A type of event, or the beginning of some with a star. */
const eventPattern = line(LIMITS.sourceLength).refine(
  (pattern) => eventTypeNames.some((type) => matchesType(pattern, type)),
  'is no type of event, and no beginning of one with a star, such as orchestration.recovery.*: `reprise events list` has them',
);

const ruleSchema = z.strictObject({
  name: idSchema,
  /** Whatever is left out matches everything. */
  events: z.array(eventPattern).min(1).max(LIMITS.ruleValues).exactOptional(),
  severity: z.enum(SEVERITIES).default('info'),
  owners: words(LIMITS.ownerLength).exactOptional(),
  graphs: words(LIMITS.idLength).exactOptional(),
  outcomes: z.array(z.enum(JOB_OUTCOMES)).min(1).exactOptional(),
  /** Labels of a job are its parameters: each that is named must have one of these values. */
  labels: recordOf(z.string().max(LIMITS.idLength), words(LIMITS.noticeFact), {
    most: LIMITS.ruleValues,
  }).exactOptional(),
  targets: z.array(idSchema).min(1).max(LIMITS.notificationTargets),
  /** For so long the same is told once. */
  dedupe: duration(LIMITS.dedupeMs).default(5 * 60_000),
  /** More than `above` notices within this time become one message. */
  digest: z
    .strictObject({ above: count(LIMITS.heldNotices).min(1), within: duration(LIMITS.dedupeMs) })
    .exactOptional(),
  quietHours: quietHours.exactOptional(),
  /**
   * Who is told next while nobody acknowledges it; `alert`: as the event says, to the targets that are called as it says.
   * Its first target keeps count.
   */
  escalation: z
    .union(
      [
        z.literal('alert'),
        z
          .array(z.strictObject({ target: idSchema, after: duration(LIMITS.escalationMs) }))
          .min(1)
          .max(LIMITS.escalationSteps),
      ],
      'must be the word alert, or a list of {target: NAME, after: 15m}',
    )
    .exactOptional(),
});
export type Rule = ReadOnly<z.infer<typeof ruleSchema>>;

/** Who is notified of what. docs/notifications.md has examples. */
const notificationsSchema = z
  .strictObject({
    targets: recordOf(idSchema, targetSchema, { most: LIMITS.notificationTargets }),
    rules: z.array(ruleSchema).max(LIMITS.notificationRules),
    /** The address of a job for people, with `{jobId}` in it. */
    jobLink: text(LIMITS.urlLength)
      .regex(/^https?:\/\/\S*\{jobId\}\S*$/, 'must be an address with {jobId} in it')
      .exactOptional(),
  })
  .superRefine(({ targets, rules }, context) => {
    const known = Object.keys(targets);
    const check = (name: string, path: (string | number)[]) => {
      if (Object.hasOwn(targets, name)) return;
      const message = `there is no target ${name}: ${known.length === 0 ? 'none is defined' : `there are ${known.join(', ')}`}`;
      context.addIssue({ code: 'custom', path, message });
    };
    rules.forEach(({ name, targets: told, escalation }, i) => {
      told.forEach((target, k) => {
        check(target, ['rules', i, 'targets', k]);
      });
      if (escalation !== undefined && escalation !== 'alert')
        escalation.forEach(({ target }, k) => {
          check(target, ['rules', i, 'escalation', k, 'target']);
        });
      if (rules.findIndex((other) => other.name === name) < i)
        context.addIssue({
          code: 'custom',
          path: ['rules', i, 'name'],
          message: `${name} is the name of an earlier rule`,
        });
    });
  });
export type Notifications = ReadOnly<z.infer<typeof notificationsSchema>>;

/** As it is written. */
export type NotificationsInput = ReadOnly<z.input<typeof notificationsSchema>>;

/** The same as it is deployed: checked, as it was written, and small enough for a parameter. */
export const deployedNotificationsSchema = z.custom<NotificationsInput>().superRefine((written, context) => {
  const { error, data } = notificationsSchema.safeParse(written);
  for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path, message });
  if (!data) return;
  for (const { env } of refsOf(data).flatMap((ref) => ('env' in ref ? ref : [])))
    context.addIssue({
      code: 'custom',
      message: `a deployed engine has no variable ${env}: give {arn: ARN}`,
    });
  if (new TextEncoder().encode(JSON.stringify(written)).length > LIMITS.deployedNotifications)
    context.addIssue({
      code: 'custom',
      message: `must be ${LIMITS.deployedNotifications} bytes as JSON at most`,
    });
});

/** ARNs of the secrets that rules name. */
export function secretsOf(written: NotificationsInput): readonly string[] {
  return refsOf(notificationsSchema.parse(written)).flatMap((ref) => ('arn' in ref ? ref.arn : []));
}

/** Addresses that send by SES. */
export function sendersOf({ targets }: NotificationsInput): readonly string[] {
  return Object.values(targets).flatMap((target) =>
    target.type === 'email' && !target.smtp ? target.from : [],
  );
}

function refsOf({ targets }: Notifications): SecretRef[] {
  return Object.values(targets).flatMap((target): SecretRef[] => {
    switch (target.type) {
      case 'webhook':
        return [target.secret, ...(typeof target.url === 'string' ? [] : [target.url])];
      case 'slack':
        return [target.url];
      case 'email':
        return target.smtp?.password ? [target.smtp.password] : [];
      case 'github':
      case 'notification-engine':
        return [target.token];
      default:
        return assertNever(target, 'target');
    }
  });
}

export function matchesType(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}

/**
 * Reads the rules of a file, YAML or JSON.
 * @throws RepriseError INPUT_INVALID with line, column and mend of every problem.
 */
export function parseNotifications(source: string, name: string): Notifications {
  const { value, locate } = read(source, name);
  const parsed = notificationsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw problemsError(parsed.error.issues.flatMap(findingsOf), locate, name);
}

function read(source: string, name: string): { readonly value: unknown; readonly locate: Locate } {
  try {
    return readDocument(source, name);
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    throw new RepriseError('INPUT_INVALID', error.message, { problems: error.problems, cause: error });
  }
}

function findingsOf(issue: z.core.$ZodIssue): Finding[] {
  const path = issue.path as (string | number)[];
  const code = 'INPUT_INVALID';
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      code,
      path: [...path, key],
      message: `unknown key ${JSON.stringify(key)}`,
    }));
  return [{ code, path, message: issue.message }];
}
