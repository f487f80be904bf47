import * as z from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: 'expected text, a number or a boolean',
});
const amount = z.union([z.number(), z.string()], { error: 'expected a number' });
const name = z.string().min(1);

const parameter = z.looseObject({
  name,
  value: scalar.nullish(),
  default: scalar.nullish(),
  valueFrom: z.unknown().optional(),
});
const args = z.looseObject({ parameters: z.array(parameter).nullish() }).nullish();

const continueOn = z.looseObject({ failed: z.boolean().nullish(), error: z.boolean().nullish() }).nullish();

/** A task of a DAG, or a step: both call a template. */
const call = z.looseObject({
  name,
  template: z.string().nullish(),
  arguments: args,
  dependencies: z.array(z.string()).nullish(),
  depends: z.string().nullish(),
  when: z.string().nullish(),
  withItems: z.array(z.unknown()).nullish(),
  withParam: z.string().nullish(),
  withSequence: z
    .looseObject({
      count: amount.nullish(),
      start: amount.nullish(),
      end: amount.nullish(),
      format: z.string().nullish(),
    })
    .nullish(),
  continueOn,
});

const env = z
  .array(z.looseObject({ name, value: scalar.nullish(), valueFrom: z.unknown().optional() }))
  .nullish();

const container = z.looseObject({
  image: z.string().nullish(),
  command: z.array(scalar).nullish(),
  args: z.array(scalar).nullish(),
  env,
  workingDir: z.string().nullish(),
});

const retryStrategy = z
  .looseObject({
    limit: amount.nullish(),
    retryPolicy: z.string().nullish(),
    expression: z.string().nullish(),
    backoff: z
      .looseObject({
        duration: amount.nullish(),
        factor: amount.nullish(),
        maxDuration: amount.nullish(),
        cap: amount.nullish(),
      })
      .nullish(),
  })
  .nullish();

const template = z.looseObject({
  name,
  inputs: z.looseObject({ parameters: z.array(parameter).nullish() }).nullish(),
  dag: z.looseObject({ tasks: z.array(call), failFast: z.boolean().nullish() }).nullish(),
  /** Each entry is a group that runs at once; a step alone is a group of one. */
  steps: z
    .array(z.union([z.array(call), call.transform((one) => [one])], { error: 'expected a list of steps' }))
    .nullish(),
  container: container.nullish(),
  script: container.extend({ source: z.string().nullish() }).nullish(),
  retryStrategy,
  activeDeadlineSeconds: amount.nullish(),
  daemon: z.boolean().nullish(),
});

export const specSchema = z.looseObject({
  entrypoint: z.string().nullish(),
  onExit: z.string().nullish(),
  arguments: args,
  templates: z.array(template).nullish(),
  retryStrategy,
});

const metadata = z.looseObject({ name: z.string().nullish(), generateName: z.string().nullish() }).nullish();

/** A manifest of Argo Workflows; that of a CronWorkflow has its specification further in. */
export const manifestSchema = z.looseObject({
  apiVersion: z.string().nullish(),
  kind: z.enum(['Workflow', 'WorkflowTemplate', 'ClusterWorkflowTemplate', 'CronWorkflow']),
  metadata,
  spec: z.looseObject({ workflowSpec: z.unknown().optional() }),
});

export type ArgoSpec = z.infer<typeof specSchema>;
export type ArgoTemplate = z.infer<typeof template>;
export type ArgoCall = z.infer<typeof call>;
export type ArgoContainer = z.infer<typeof container>;
export type ArgoRetry = z.infer<typeof retryStrategy>;

/** Keys that are read, or say nothing about running the graph; of any other a note is made. */
export const KNOWN_KEYS = {
  spec: ['entrypoint', 'onExit', 'arguments', 'templates', 'retryStrategy'],
  template: [
    ...['name', 'inputs', 'dag', 'steps', 'container', 'script', 'retryStrategy', 'activeDeadlineSeconds'],
    ...['daemon', 'metadata', 'outputs'],
  ],
  call: [
    ...['name', 'template', 'templateRef', 'inline', 'arguments', 'dependencies', 'depends', 'when'],
    ...['withItems', 'withParam', 'withSequence', 'continueOn'],
  ],
  container: ['image', 'command', 'args', 'env', 'workingDir', 'source', 'name', 'imagePullPolicy'],
} as const;
