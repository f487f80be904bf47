import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { loadEnvironment } from '../lib/config/environments';
import { bundledCode } from '../lib/constructs/lambda-code';
import { isRepriseError } from '../lib/core/errors';
import { readGraphs, runnerDefinition } from '../lib/stacks/graphs';
import { reprise } from '../lib/stacks/reprise';

const root = join(__dirname, '..');
try {
  const app = new App();
  const environment = loadEnvironment((key) => app.node.tryGetContext(key));
  reprise(app, {
    environment,
    graphs: readGraphs(join(root, 'statemachines')),
    runner: runnerDefinition(),
    code: bundledCode(root),
    pages: { dashboard: join(root, 'dist', 'dashboard'), reference: join(root, 'dist', 'api') },
  });
} catch (error) {
  if (!isRepriseError(error)) throw error;
  // What is wrong is in the input, not in here: no stack trace.
  process.stderr.write(
    `${[error.message, ...error.problems.map(({ message }) => `  ${message}`)].join('\n')}\n`,
  );
  process.exit(2);
}
