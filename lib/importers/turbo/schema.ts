import * as z from 'zod';

const task = z.looseObject({
  taskId: z.string().min(1),
  task: z.string().min(1),
  /** Absent in a repository of a single package. */
  package: z.string().nullish(),
  command: z.string().nullish(),
  directory: z.string().nullish(),
  dependencies: z.array(z.string()).nullish(),
  cliArguments: z.array(z.string()).nullish(),
  /** Tasks that have to run beside this one. */
  with: z.array(z.string()).nullish(),
  resolvedTaskDefinition: z
    .looseObject({ persistent: z.boolean().nullish(), interactive: z.boolean().nullish() })
    .nullish(),
});

/** What `turbo run TASKS --dry=json` prints. */
export const turboDrySchema = z.looseObject({
  tasks: z.array(task).min(1, 'lists no task: name the tasks to import when running turbo'),
});

export type TurboTask = z.infer<typeof task>;

/** What stands in place of the command of a package that has no such script. */
export const NO_COMMAND = '<NONEXISTENT>';
