import { BOUND_KINDS } from '../lib/core/capacity/bottleneck-bound';
import { bottleneckTrial, type Trial } from '../test/support/bottleneck-trial';
import { percentile } from './measure';

/** Loads of each kind. */
const LOADS = 40;
/** The detector was built with seeds below 1,000. */
const SEED = 90_001;
const BANDS = [
  ['less than 1.5', 0, 1.5],
  ['1.5 to 2', 1.5, 2],
  ['2 and more', 2, Number.POSITIVE_INFINITY],
] as const;

/** `npm run bench -- bottlenecks [SEED]`: what the detector says of loads with a planted bottleneck, as a confusion table. */
export async function benchBottlenecks(given: readonly number[] = []): Promise<void> {
  const [seed = SEED] = given;
  console.log(
    `\n### bottlenecks: ${LOADS} loads of each kind, seeds ${seed} to ${seed + LOADS - 1} (virtual time)\n`,
  );
  const trials: Trial[] = [];
  for (const kind of BOUND_KINDS) {
    for (let i = 0; i < LOADS; i++) trials.push(await bottleneckTrial(kind, seed + i));
  }
  confusion(trials);
  console.log('\n| jobs longer by the plant | right | of |\n| --- | ---: | ---: |');
  for (const [name, least, most] of BANDS) {
    const band = trials.filter(({ severity }) => severity >= least && severity < most);
    console.log(`| ${name} times | ${share(band)} | ${band.length} |`);
  }
  console.log(`| all | ${share(trials)} | ${trials.length} |`);
  const errors = trials.map(({ replayError }) => replayError).sort((a, b) => a - b);
  const at = (p: number) => `${(100 * percentile(errors, p)).toFixed(2)} %`;
  console.log(`\nThe replay misses the mean makespan by ${at(0.5)} (median), ${at(0.95)} (p95).`);
}

/** `another`: of the kind that was planted, but not that one. */
function confusion(trials: readonly Trial[]): void {
  const columns = [...BOUND_KINDS, 'another', 'none'] as const;
  const columnOf = ({ planted, said, isRight }: Trial) =>
    said === undefined ? 'none' : said.kind === planted.kind && !isRight ? 'another' : said.kind;
  console.log(`| planted | ${columns.join(' | ')} | right |`);
  console.log(`| --- | ${columns.map(() => '---:').join(' | ')} | ---: |`);
  for (const kind of BOUND_KINDS) {
    const own = trials.filter(({ planted }) => planted.kind === kind);
    const cells = columns.map((column) => count(own.filter((trial) => columnOf(trial) === column)));
    console.log(`| ${kind} | ${cells.join(' | ')} | ${share(own)} |`);
  }
}

const count = (trials: readonly Trial[]): string => (trials.length === 0 ? '' : String(trials.length));

function share(trials: readonly Trial[]): string {
  const right = trials.filter(({ isRight }) => isRight).length;
  return trials.length === 0 ? '' : `${((100 * right) / trials.length).toFixed(1)} %`;
}
