import {
  againstAdversaries,
  BY_CLASS,
  FIXED,
  LEARNED,
  mixedLoad,
  type Selector,
  simulate,
} from '../test/support/retry-simulation';

const SELECTORS: readonly (readonly [string, Selector])[] = [
  ...FIXED,
  ['by class', BY_CLASS],
  ['learned', LEARNED],
];

/** What retries lose, by selector, in simulation. */
export async function benchRetries(): Promise<void> {
  const size = { seed: 7, failures: 20_000 };
  console.log('\n### retries: a mixed load of 20,000 failures\n');
  console.log('| selector | retries | resolved of what retries can mend | lost a failure |');
  console.log('| --- | ---: | ---: | ---: |');
  for (const [name, selector] of SELECTORS) {
    const { retries, resolved, retryable, lostMs } = simulate(mixedLoad, selector, size);
    const share = `${((100 * resolved) / retryable).toFixed(1)} %`;
    console.log(
      `| ${name} | ${retries.toLocaleString('en')} | ${share} | ${seconds(lostMs / size.failures)} |`,
    );
  }
  console.log('\n| adversary | by class | learned | learned / by class |');
  console.log('| --- | ---: | ---: | ---: |');
  for (const { name, byClass, learned, ratio } of againstAdversaries({ seeds: 6, failures: 2_000 })) {
    console.log(`| ${name} | ${seconds(byClass)} | ${seconds(learned)} | ${ratio.toFixed(3)} |`);
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
