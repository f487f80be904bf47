import * as z from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: 'expected text, a number or a boolean',
});
const flag = z.union([z.boolean(), z.enum(['true', 'false'])], { error: 'expected true or false' }).nullish();
const amount = z.union([z.number(), z.string()], { error: 'expected a number' }).nullish();
const texts = z.union([scalar, z.array(scalar)], { error: 'expected text or a list of it' }).nullish();
const text = scalar.nullish();
const env = z.record(z.string(), scalar.nullable(), { error: 'expected a mapping' }).nullish();

const dependsOn = z
  .union([scalar, z.array(z.union([scalar, z.looseObject({ step: scalar, allow_failure: flag })]))], {
    error: 'expected the key of a step, or a list of keys',
  })
  .nullish();

/** What steps of all kinds may have. */
const common = {
  key: text,
  id: text,
  identifier: text,
  label: text,
  name: text,
  depends_on: dependsOn,
  allow_dependency_failure: flag,
  if: text,
  branches: texts,
  skip: scalar.nullish(),
};

const softFail = z
  .union(
    [z.boolean(), z.string(), z.array(z.looseObject({ exit_status: z.union([z.string(), z.number()]) }))],
    {
      error: 'expected true, or a list of exit statuses',
    },
  )
  .nullish();

const rule = z.looseObject({
  exit_status: z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]).nullish(),
  signal: texts,
  signal_reason: texts,
  limit: amount,
});
const retry = z
  .looseObject({
    automatic: z.union([flag, rule, z.array(rule)], { error: 'expected true, or rules' }).nullish(),
    manual: z.unknown().optional(),
  })
  .nullish();

const dimension = z.array(scalar);
const matrix = z
  .union(
    [
      dimension,
      z.looseObject({
        setup: z.union([dimension, z.record(z.string(), dimension)], {
          error: 'expected a list, or lists by their names',
        }),
        adjustments: z
          .array(
            z.looseObject({
              with: z.union([scalar, z.record(z.string(), scalar)]),
              skip: scalar.nullish(),
              soft_fail: softFail,
            }),
          )
          .nullish(),
      }),
    ],
    { error: 'expected a list, or a mapping with `setup`' },
  )
  .nullish();

const secrets = z.union([z.array(z.string()), z.record(z.string(), z.string())]).nullish();
const agents = z
  .union([z.record(z.string(), scalar), z.array(scalar)], { error: 'expected a mapping' })
  .nullish();

const command = z.looseObject({
  type: z.literal('command'),
  ...common,
  command: texts,
  commands: texts,
  env,
  agents,
  agent_query_rules: agents,
  matrix,
  parallelism: amount,
  retry,
  soft_fail: softFail,
  timeout_in_minutes: amount,
  timeout: amount,
  concurrency: amount,
  concurrency_group: text,
  plugins: z.unknown().optional(),
  plugin: z.unknown().optional(),
  secrets,
});
const wait = z.looseObject({ type: z.literal('wait'), ...common, continue_on_failure: flag });
const block = z.looseObject({ type: z.literal('block'), ...common });
const input = z.looseObject({ type: z.literal('input'), ...common });
const trigger = z.looseObject({ type: z.literal('trigger'), ...common, trigger: scalar });
const leaf = z.discriminatedUnion('type', [command, wait, block, input, trigger], {
  error: 'is no step that a group may have',
});
const group = z.looseObject({ type: z.literal('group'), ...common, group: text, steps: z.array(leaf) });
const step = z.discriminatedUnion('type', [command, wait, block, input, trigger, group]);

export const stepsSchema = z.array(step);
export const pipelineSchema = z.looseObject({ steps: stepsSchema, env, agents, secrets });

export type Pipeline = z.infer<typeof pipelineSchema>;
export type Step = z.infer<typeof step>;
export type CommandStep = z.infer<typeof command>;
export type GroupStep = z.infer<typeof group>;
export type TriggerStep = z.infer<typeof trigger>;
export type Matrix = NonNullable<CommandStep['matrix']>;
export type SoftFail = CommandStep['soft_fail'];

/** Keys that are read; of any other a note is made. */
const OF_ALL = Object.keys(common);
export const KNOWN_KEYS: Readonly<Record<Step['type'] | 'pipeline', readonly string[]>> = {
  pipeline: Object.keys(pipelineSchema.shape),
  command: Object.keys(command.shape),
  wait: [...Object.keys(wait.shape), 'wait', 'waiter'],
  block: ['type', 'block', 'manual', ...OF_ALL],
  input: ['type', 'input', ...OF_ALL],
  trigger: Object.keys(trigger.shape),
  group: Object.keys(group.shape),
};
