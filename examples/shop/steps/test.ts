// Runs one suite with Node's test runner: node --import tsx examples/shop/steps/test.ts unit [1/3]
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readJunit } from '../report/junit';
import { attempt, EXAMPLE, nodeId, output, resultsDirectory } from './job';

const [suite = 'unit', shard] = process.argv.slice(2);
const directory = join(EXAMPLE, 'test', suite);
const files = readdirSync(directory)
  .filter((name) => name.endsWith('.test.ts'))
  .sort()
  .map((name) => relative(process.cwd(), join(directory, name)));

// Every attempt keeps its own results: the report shows what a retry helped.
const results = join(resultsDirectory(), nodeId(suite));
mkdirSync(results, { recursive: true });
const junit = join(results, `attempt-${attempt()}.xml`);

const { status, signal, error } = spawnSync(
  process.execPath,
  [
    ...['--import', 'tsx', '--test', '--test-timeout=20000', ...(shard ? [`--test-shard=${shard}`] : [])],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=junit', `--test-reporter-destination=${junit}`],
    ...files,
  ],
  { stdio: 'inherit' },
);
if (error) throw error;
if (signal) throw new Error(`the test runner was ended by ${signal}`);

const tests = readJunit(readFileSync(junit, 'utf8'));
const failed = tests.filter((test) => test.failure !== undefined);
output({ tests: tests.length, failed: failed.length });
// Last, because the end of the output is what a failed attempt is judged by.
for (const test of failed) console.error(`${test.suite} > ${test.name}: ${test.failure}`);
process.exitCode = tests.length === 0 ? 1 : (status ?? 1);
if (tests.length === 0) console.error(`no tests ran in ${directory}${shard ? `, shard ${shard}` : ''}`);
