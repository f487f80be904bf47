import * as z from 'zod';

/** A dependency is an id; newer versions of Nx wrap it in an object. */
const dependency = z.union([z.string(), z.looseObject({ id: z.string() }).transform(({ id }) => id)], {
  error: 'expected the id of a task',
});
const dependencies = z.record(z.string(), z.array(dependency));

const task = z.looseObject({
  id: z.string().min(1),
  target: z.looseObject({
    project: z.string().min(1),
    target: z.string().min(1),
    configuration: z.string().nullish(),
  }),
  /** Arguments of the command line that asked for the task; the unparsed ones keep their form. */
  overrides: z.looseObject({ __overrides_unparsed__: z.array(z.string()).nullish() }).nullish(),
  parallelism: z.boolean().nullish(),
  /** A server: it never ends, and others run beside it. */
  continuous: z.boolean().nullish(),
});

/** The task graph itself. `roots` follow from the dependencies. */
export const nxTaskGraphSchema = z.looseObject({
  tasks: z.record(z.string(), task),
  dependencies: dependencies.nullish(),
  continuousDependencies: dependencies.nullish(),
});

/** What `nx run-many --graph=FILE` writes: the graph of projects beside the graph of tasks. */
export const nxFileSchema = z.looseObject({ tasks: nxTaskGraphSchema });

export type NxTask = z.infer<typeof task>;
export type NxTaskGraph = z.infer<typeof nxTaskGraphSchema>;
