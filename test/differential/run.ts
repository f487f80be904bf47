/**
 * Compares the patterns of triggers with event-ruler, the matcher of EventBridge, on generated pairs of patterns and events:
 *
 *   npx tsx test/differential/run.ts [PAIRS] [SEED]
 *
 * It needs Java 11 or later and Maven. It is no part of `npm test`; docs/triggers.md keeps its last result.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePattern } from '../../lib/core/trigger/pattern/pattern';
import { type Pair, pairsOf } from './pairs';
import { statedDifference, statedRefusal } from './stated';

const VERSIONS = ['1.8.1', '2.1.0'];
/** EventBridge refuses rules that are more complex. */
const MAX_COMPLEXITY = 10;
const HERE = join(process.cwd(), 'test/differential');
const CACHE = join(process.cwd(), 'node_modules/.cache/reprise-differential');

const [count = 100_000, seed = 1] = process.argv.slice(2).map(Number);

function jarsOf(version: string): string {
  const folder = join(CACHE, version);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    const copy = [
      'dependency:copy-dependencies',
      `-DoutputDirectory=${folder}`,
      `-Druler.version=${version}`,
    ];
    execFileSync('mvn', ['-q', '-B', '-f', join(HERE, 'pom.xml'), ...copy], { stdio: 'inherit' });
  }
  return join(folder, '*');
}

function verdictsOf(version: string, pairs: readonly { pattern: string; event: string }[]): string[] {
  const input = pairs.map(({ pattern, event }) => `${JSON.stringify({ pattern, event })}\n`).join('');
  const { stdout, stderr, status } = spawnSync(
    'java',
    ['-cp', jarsOf(version), join(HERE, 'Verdicts.java')],
    {
      ...{ input, encoding: 'utf8', maxBuffer: 2 ** 30 },
    },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout.trimEnd().split('\n');
}

/** `true`, `false` or `refused`. */
const rulerVerdict = (line: string): string => {
  const [verdict = '', complexity] = line.split('\t');
  return Number(complexity) > MAX_COMPLEXITY ? 'refused' : verdict;
};

function ourVerdict({ pattern, event }: Pair): readonly [string, string] {
  try {
    return [`${compilePattern(pattern).matches(event)}`, ''];
  } catch (error) {
    return ['refused', (error as Error).message];
  }
}

/** The cases that `npm test` has, which name a verdict of event-ruler. */
interface Sample {
  readonly pattern: string;
  readonly event: string;
  readonly ruler: boolean | 'refused';
}
const samples = readFileSync(join(process.cwd(), 'test/fixtures/event-patterns.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): Sample => JSON.parse(line));

const tally = new Map<string, number>();
const add = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);
const unexplained: unknown[] = [];

const pairs = pairsOf(seed, count);
const texts = pairs.map(({ pattern, event }) => ({
  pattern: JSON.stringify(pattern),
  event: JSON.stringify(event),
}));
const lines = VERSIONS.map((version) => verdictsOf(version, [...texts, ...samples]));
for (const [i, pair] of pairs.entries()) {
  const rulers = lines.map((of) => rulerVerdict(of[i] as string));
  const [ours, message] = ourVerdict(pair);
  const isSame = rulers.every((verdict) => verdict === ours);
  const stated = ours === 'refused' ? statedRefusal(message) : statedDifference(pair, rulers, ours);
  if (isSame) add(`same: ${ours}`);
  else if (stated) add(`stated: ${stated}`);
  else {
    add('unexplained');
    unexplained.push({ ...pair, rulers: lines.map((of) => of[i]), ours, message });
  }
}
const newest = lines.at(-1)?.slice(pairs.length) ?? [];
for (const [i, sample] of samples.entries()) {
  const verdict = rulerVerdict(newest[i] as string).replace('failed', 'refused');
  if (verdict === String(sample.ruler)) add('as in test/fixtures/event-patterns.jsonl');
  else unexplained.push({ ...sample, now: newest[i] });
}
for (const one of unexplained.slice(0, 20)) console.log(JSON.stringify(one));
console.log(`${count} pairs, seed ${seed}, event-ruler ${VERSIONS.join(' and ')}`);
for (const [what, times] of [...tally].sort()) console.log(`${String(times).padStart(8)}  ${what}`);
process.exitCode = unexplained.length === 0 ? 0 : 1;
