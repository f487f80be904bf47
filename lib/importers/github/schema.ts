import * as z from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'expected text, a number or a boolean',
});
const env = z.union([z.record(z.string(), scalar), z.string()], {
  error: 'expected a mapping from names to values',
});
const flag = z.union([z.boolean(), z.string()], { error: 'expected true, false or an expression' });
const amount = z.union([z.number(), z.string()], { error: 'expected a number or an expression' });
const condition = z.union([z.string(), z.boolean(), z.number()], { error: 'expected an expression' });
const names = z.union([z.string(), z.array(z.string())], { error: 'expected a job, or a list of jobs' });

const runDefaults = z
  .looseObject({
    run: z.looseObject({ shell: z.string().nullish(), 'working-directory': z.string().nullish() }).nullish(),
  })
  .nullish();

const step = z.looseObject({
  name: z.union([z.string(), z.number(), z.boolean()], { error: 'expected text' }).nullish(),
  id: z.string().nullish(),
  if: condition.nullish(),
  uses: z.string().nullish(),
  run: z.string().nullish(),
  shell: z.string().nullish(),
  'working-directory': z.string().nullish(),
  env: env.nullish(),
  'continue-on-error': flag.nullish(),
  'timeout-minutes': amount.nullish(),
});

/** `runs-on` is a label, several, or a group with labels. */
const runsOn = z.union(
  [
    z.string(),
    z.array(z.string()),
    z.looseObject({
      group: z.string().nullish(),
      labels: z.union([z.string(), z.array(z.string())]).nullish(),
    }),
  ],
  { error: 'expected a label, a list of labels or a group' },
);

const strategy = z.looseObject({
  /** A mapping, or an expression that gives one. */
  matrix: z
    .union([z.string(), z.record(z.string(), z.unknown())], { error: 'expected a mapping or an expression' })
    .nullish(),
  'fail-fast': flag.nullish(),
  'max-parallel': amount.nullish(),
});

const job = z.looseObject({
  name: z.union([z.string(), z.number(), z.boolean()], { error: 'expected text' }).nullish(),
  needs: names.nullish(),
  if: condition.nullish(),
  'runs-on': runsOn.nullish(),
  strategy: strategy.nullish(),
  env: env.nullish(),
  defaults: runDefaults,
  steps: z.array(step).nullish(),
  /** A reusable workflow in place of steps. */
  uses: z.string().nullish(),
  'timeout-minutes': amount.nullish(),
  'continue-on-error': flag.nullish(),
  outputs: z.record(z.string(), scalar, { error: 'expected a mapping from names to values' }).nullish(),
});

/** A workflow file of GitHub Actions. Keys that are not listed here are told as notes. */
export const workflowSchema = z.looseObject({
  name: z.union([z.string(), z.number(), z.boolean()], { error: 'expected text' }).nullish(),
  on: z.unknown().optional(),
  env: env.nullish(),
  defaults: runDefaults,
  jobs: z.record(z.string(), job).refine((jobs) => Object.keys(jobs).length > 0, 'lists no job'),
});

export type Workflow = z.infer<typeof workflowSchema>;
export type WorkflowJob = z.infer<typeof job>;
export type WorkflowStep = z.infer<typeof step>;
export type WorkflowEnv = z.infer<typeof env>;

/** Keys that are read, or that say nothing about running the graph; of any other key a note is made. */
export const KNOWN_KEYS = {
  workflow: ['name', 'run-name', 'on', 'true', 'env', 'defaults', 'jobs'],
  job: [
    ...['name', 'needs', 'if', 'runs-on', 'strategy', 'env', 'defaults', 'steps', 'uses', 'with', 'secrets'],
    ...['timeout-minutes', 'continue-on-error', 'outputs'],
  ],
  step: [
    ...['name', 'id', 'if', 'uses', 'with', 'run', 'shell', 'working-directory', 'env'],
    ...['continue-on-error', 'timeout-minutes'],
  ],
} as const;
