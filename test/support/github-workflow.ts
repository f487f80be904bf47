import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { temporaryDir } from './e2e-files';

interface WorkflowParser {
  readonly parseWorkflow: (
    file: { name: string; content: string },
    trace: object,
  ) => {
    readonly context: {
      readonly errors: { readonly getErrors: () => readonly { readonly message: string }[] };
    };
    readonly value?: object;
  };
  readonly convertWorkflowTemplate: (
    context: object,
    value: object,
  ) => Promise<{ readonly errors?: unknown }>;
  readonly parseAction: (
    file: { name: string; content: string },
    trace: object,
  ) => {
    readonly context: {
      readonly errors: { readonly getErrors: () => readonly { readonly message: string }[] };
    };
    readonly value?: object;
  };
  readonly convertActionTemplate: (context: object, value: object) => object;
  readonly NoOperationTraceWriter: new () => object;
}

let loaded: WorkflowParser | undefined;

/** GitHub's own parser of workflows. It imports JSON as only bundlers do, so it is bundled. */
function parser(): WorkflowParser {
  const outfile = join(temporaryDir(), 'workflow-parser.cjs');
  const contents = `export * from '@actions/workflow-parser';
export { parseAction, convertActionTemplate } from './node_modules/@actions/workflow-parser/dist/actions/index.js';`;
  const entry = { contents, resolveDir: process.cwd() };
  loaded ??= (() => {
    buildSync({ stdin: entry, bundle: true, platform: 'node', format: 'cjs', outfile, logLevel: 'error' });
    return require(outfile) as WorkflowParser;
  })();
  return loaded;
}

/** What GitHub's parser says against a workflow: its schema, its expressions, its jobs. */
export async function workflowErrors(content: string): Promise<string[]> {
  const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = parser();
  const { context, value } = parseWorkflow({ name: 'ci.yml', content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

/** What GitHub's parser says against the file of an action. */
export async function actionErrors(content: string): Promise<string[]> {
  const { parseAction, convertActionTemplate, NoOperationTraceWriter } = parser();
  const { context, value } = parseAction({ name: 'action.yml', content }, new NoOperationTraceWriter());
  if (value) convertActionTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}
