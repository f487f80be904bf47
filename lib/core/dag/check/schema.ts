import * as z from 'zod';
import { LIMITS } from '../../limits';
import { parseDuration } from '../../model/duration';
import { idSchema } from '../../model/ids';
import { JOB_TYPES } from '../../model/job-type';
import { isVariableText } from '../../model/json-value';
import { quoted } from '../../model/quoted';
import { LOSS_POLICIES } from '../../model/recovery';
import { BACKOFF_STRATEGIES, DEFAULT_JITTER, JITTERS } from '../../model/retry-policy';
import { secretNamesSchema } from '../../model/secret';
import { RUNNERS } from '../../model/test-results';
import { variableNameSchema } from '../../model/variable';
import { parseExpression } from '../../retry/expression';
import { FAILURE_POLICIES, TRIGGER_RULES } from '../graph';

/**
 * A key that may be left out. To the types it is `exactOptional`, which tries the schema on what is not there and
 * makes an issue of it for each such key: that was half of the time that reading a large graph takes.
 */
function optional<T extends z.ZodType>(schema: T): z.ZodExactOptional<T> {
  return schema.optional() as unknown as z.ZodExactOptional<T>;
}

/** The id of a node, and the name of a graph. */
export const NODE_ID = /^[A-Za-z0-9_-]{1,64}$/;

const id = z.string().regex(NODE_ID, 'must be 1 to 64 letters, digits, hyphens or underscores');

/** Milliseconds, from the notations the format allows. */
const duration = z.union([z.string(), z.number()]).transform((value, context) => {
  const ms = parseDuration(value);
  if (ms !== undefined && ms <= LIMITS.durationMs) return ms;
  context.addIssue({
    code: 'custom',
    message:
      ms === undefined
        ? `${quoted(value)} is not a duration: write 500ms, 30s, 10m, 2h or a number of seconds`
        : `${quoted(value)} is longer than the longest duration, 336h`,
  });
  return z.NEVER;
});
const positiveDuration = duration.refine((ms) => ms > 0, 'must be longer than zero');

const label = z
  .string()
  .regex(/^[A-Za-z0-9_.:/=-]{1,64}$/, 'must be 1 to 64 letters, digits or any of _ . : / = -');
const labels = z.array(label).max(LIMITS.labels);

/** Amounts by name: `slots`, and whatever workers are registered with, such as `browserLicences`. */
const resources = z
  .record(
    z
      .string()
      .regex(
        /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/,
        'must be a name: a letter, then letters, digits or any of _ . -',
      ),
    z.int().min(1).max(LIMITS.slots),
  )
  .refine(
    (value) => Object.keys(value).length <= LIMITS.resourceNames,
    `must name ${LIMITS.resourceNames} resources at most`,
  )
  .describe('what a node takes of a worker');

const expression = z
  .string()
  .max(LIMITS.expressionLength)
  .transform((text, context) => {
    try {
      parseExpression(text);
      return text;
    } catch (error) {
      context.addIssue({ code: 'custom', message: `${quoted(text)}: ${(error as Error).message}` });
      return z.NEVER;
    }
  });

const word = z.string().max(LIMITS.idLength);

const jitterByDefault = BACKOFF_STRATEGIES.map((strategy) => `${DEFAULT_JITTER[strategy]} for ${strategy}`);
const STRATEGY_TEXT = 'how the waits between attempts grow; fixed waits what it says';
const JITTER_TEXT = `none waits the delay itself, full between 0 and it, equal between half of it and it; by default ${jitterByDefault.join(', ')}; decorrelated draws its waits itself`;

const PATIENCE_TEXT =
  'how long after the first failure a network, a dependency, a rate limit or a timeout is waited out once maxAttempts have failed; by default 5m, and 0s where maxAttempts is written';

const bigger = z.strictObject({
  factor: optional(z.number().gt(1).max(LIMITS.biggerFactor)),
  most: resources,
});

const retrySchema = z.strictObject({
  /** `fixed`, `custom` and `none` wait what they say, the others draw from it: `jitter` is `none` and `full` there. */
  strategy: optional(z.enum(BACKOFF_STRATEGIES).describe(STRATEGY_TEXT)),
  initialDelay: optional(duration),
  maxDelay: optional(duration),
  maxAttempts: optional(z.int().min(1).max(LIMITS.maxAttempts)),
  jitter: optional(z.enum(JITTERS).describe(JITTER_TEXT)),
  delays: optional(z.array(duration).min(1, 'must list at least one delay').max(LIMITS.maxAttempts)),
  delay: optional(expression),
  maxTime: optional(positiveDuration),
  patience: optional(duration.describe(PATIENCE_TEXT)),
  /** `any`, `evidence`, or classes of failures; retry.ts checks the words, to say what was meant. */
  on: optional(z.union([word, z.array(word).min(1, 'must list at least one class').max(LIMITS.labels)])),
  bigger: optional(bigger),
});

const concurrency = z.strictObject({
  key: z.string().min(1).max(LIMITS.concurrencyKeyLength),
  limit: z.int().min(1).max(LIMITS.slots),
});

const matrixText = z
  .string()
  .min(1)
  .max(LIMITS.matrixValueLength)
  .refine(isVariableText, 'must hold no NUL and no broken text: no variable of a command can');
const matrixValue = z.union([matrixText, z.number(), z.boolean()]);
const matrix = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'must be a name: letters, digits and underscores'),
    z.array(matrixValue).min(1, 'must list at least one value'),
  )
  .refine((value) => Object.keys(value).length > 0, 'must name at least one variable')
  .refine(
    (value) => Object.keys(value).length <= LIMITS.matrixNames,
    `must name ${LIMITS.matrixNames} variables at most`,
  );

/** Expressions by the names of variables; `condition.ts` reads them. */
const given = z
  .record(variableNameSchema, z.string().min(1).max(LIMITS.conditionLength))
  .refine(
    (value) => Object.keys(value).length <= LIMITS.withNames,
    `must name ${LIMITS.withNames} variables at most`,
  )
  .describe(
    'variables of the command by name, each JSONata over results, parameters and, in a forEach, item',
  );

const reportPath = z
  .string()
  .min(1)
  .max(LIMITS.reportPathLength)
  .refine(
    (path) => !/^[/~]|\\|\p{Cc}/u.test(path) && !path.split('/').includes('..'),
    'must lie below the working directory of the command: no /, ~ or .. leads out of it, and no \\ is in it',
  );
const report = z.strictObject({ path: reportPath, runner: optional(z.enum(RUNNERS)) });
/** A path alone is one in short: then what is wrong with a longer form is told at its place. */
const reports = z
  .array(z.preprocess((value) => (typeof value === 'string' ? { path: value } : value), report))
  .max(LIMITS.reports)
  .describe('where a node leaves the reports of its tests');

/** What becomes of an attempt that is lost with its worker. */
const recoverySchema = z.strictObject({
  lost: optional(z.enum(LOSS_POLICIES)),
  losses: optional(z.int().min(1).max(LIMITS.losses)),
  restartWithin: optional(positiveDuration),
});

const shared = {
  timeout: optional(positiveDuration),
  retry: optional(retrySchema),
  recovery: optional(recoverySchema),
  labels: optional(labels),
  resources: optional(resources),
  concurrency: optional(concurrency),
  /** External dependencies by name: while the breaker of one is open, the node waits and spends no attempt. */
  dependencies: optional(z.array(idSchema).max(LIMITS.dependencies)),
  trigger: optional(z.enum(TRIGGER_RULES)),
  duration: optional(duration),
  /** Secrets by name, which the worker resolves: commands get each as a variable, and nobody else gets them. */
  secrets: optional(secretNamesSchema),
  /** Files in which its runner reports its tests, which lets failed tests run again alone. */
  reports: optional(reports),
};

/** The command that undoes a node: of its own, as no two nodes do the same. validate.ts refuses it among defaults. */
const compensate = optional(z.string().min(1).max(LIMITS.runLength));

const defaultsSchema = z.strictObject({ ...shared, compensate });

export const nodeSchema = z
  .strictObject({
    id,
    run: optional(z.string().min(1).max(LIMITS.runLength)),
    suite: optional(z.string().min(1).max(LIMITS.suiteLength)),
    needs: optional(z.array(id)),
    when: optional(z.string().min(1).max(LIMITS.conditionLength)),
    shards: optional(z.int().min(1).max(LIMITS.nodes)),
    matrix: optional(matrix),
    forEach: optional(z.string().min(1).max(LIMITS.conditionLength)),
    with: optional(given),
    compensate,
    /** What fails for good counts as succeeded, with a warning. */
    allowFailure: optional(z.boolean()),
    ...shared,
  })
  .superRefine((node, context) => {
    const given = (node.run === undefined ? 0 : 1) + (node.suite === undefined ? 0 : 1);
    if (given === 1) return;
    context.addIssue({
      code: 'custom',
      ...(given === 2 ? { path: ['suite'] } : {}),
      message:
        given === 2
          ? '`run` and `suite` exclude each other: keep one of them'
          : 'says nothing to do: give it `run` (a command) or `suite` (a test suite)',
    });
  });

/** The graph file: the one source of its format, for validation, types, documentation and OpenAPI. */
export const graphDocumentSchema = z.strictObject({
  name: id,
  defaults: optional(defaultsSchema),
  /** Secrets of every node, besides its own. */
  secrets: optional(secretNamesSchema),
  nodes: z.array(nodeSchema).min(1, 'must list at least one node').max(LIMITS.nodes),
  onFailure: optional(z.enum(FAILURE_POLICIES)),
  type: optional(z.enum(JOB_TYPES)),
});

/** The same around its nodes, which are then checked one by one: of a file that is wrong all over, only the first. */
export const graphShellSchema = graphDocumentSchema.extend({
  nodes: z.array(z.unknown()).min(1, 'must list at least one node'),
});

export type GraphDocument = z.infer<typeof graphDocumentSchema>;
export type DocumentNode = z.infer<typeof nodeSchema>;
export type DocumentDefaults = z.infer<typeof defaultsSchema>;
export type DocumentRetry = z.infer<typeof retrySchema>;
export type DocumentRecovery = z.infer<typeof recoverySchema>;

/** The keys that a mapping at this path may have, for a hint; empty where any key is allowed. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const last = path[path.length - 1];
  if (last === undefined) return Object.keys(graphDocumentSchema.shape);
  if (last === 'retry') return Object.keys(retrySchema.shape);
  if (last === 'recovery') return Object.keys(recoverySchema.shape);
  if (last === 'bigger') return Object.keys(bigger.shape);
  if (last === 'concurrency') return Object.keys(concurrency.shape);
  if (path.at(-2) === 'reports') return Object.keys(report.shape);
  if (last === 'defaults') return Object.keys(defaultsSchema.shape);
  return path.length === 2 && path[0] === 'nodes' ? Object.keys(nodeSchema.shape) : [];
}
