import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FailureClass } from '../lib/core/model/failure';

/** A message of the corpus. Its source says whether it was reported or modelled on a report (with its address), or composed in a tool's format. */
export interface CorpusMessage {
  readonly message: string;
  readonly class: FailureClass;
  readonly project: string;
  readonly source: string;
}

export const WEIGHTS = 'lib/core/retry/classify/weights.ts';

/** What the weights follow from. */
const INPUTS = [
  'models/failures/corpus.jsonl',
  'models/failures/fit.py',
  'models/failures/requirements.txt',
  'scripts/train-classifier.ts',
  'scripts/classifier-corpus.ts',
  ...['normalise', 'families', 'rules', 'features'].map((name) => `lib/core/retry/classify/${name}.ts`),
];

/** Tools whose messages are kept from training while it is measured; the projects of reported messages are as well. */
const HELD_OUT_TOOLS = [
  ...['puppeteer', 'webdriverio', 'testcafe', 'nightwatch', 'vitest', 'robot-framework', 'python-http'],
  ...['testng', 'spock-kotest-scalatest', 'dotnet-nunit-mstest', 'rspec', 'phpunit-pest', 'swift-xctest'],
  ...['gradle', 'pip-poetry-uv-conda', 'docker', 'gitlab-ci', 'mysql-mariadb', 'redis-memcached', 'azure'],
  ...['grpc-graphql', 'windows', 'data-spark-airflow-dbt-ml'],
];

export function readCorpus(): CorpusMessage[] {
  return readFileSync('models/failures/corpus.jsonl', 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CorpusMessage);
}

export const HELD_OUT: readonly string[] = [
  ...HELD_OUT_TOOLS,
  ...new Set(
    readCorpus()
      .filter(({ source }) => source.startsWith('reported'))
      .map(({ project }) => project),
  ),
];

/** Names what the weights were trained from: it changes when any of it does. */
export function fingerprint(): string {
  const hash = createHash('sha256');
  for (const input of INPUTS) hash.update(`${input}\n${readFileSync(input, 'utf8')}\n`);
  return hash.digest('hex');
}
