import { type Ending, playAll, SCENARIOS, scoreOf } from '../test/support/health-scenarios';
import { percentile } from './measure';

/** The detectors were tuned on seeds below 1,000: these are others. */
const SEEDS = Array.from({ length: 200 }, (_, i) => 1_001 + i);

/** How early and how rightly it is said that something is about to fail. */
export async function benchHealth(given: readonly number[] = []): Promise<void> {
  const seeds = given.length > 0 ? given : SEEDS;
  console.log(`\n### Early warnings, seeds ${seeds[0]} to ${seeds.at(-1)}\n`);
  console.log('| what | precision | recall | lead time, median (p10 to p90) | failures | false alarms |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const kind of Object.keys(SCENARIOS) as (keyof typeof SCENARIOS)[]) {
    const endings = playAll(kind, seeds);
    row(`**${kind}**`, endings, SCENARIOS[kind].unit);
    for (const name of [...SCENARIOS[kind].faults, ...SCENARIOS[kind].controls]) {
      const own = endings.filter((ending) => ending.name === name);
      row(name, own, SCENARIOS[kind].unit);
    }
  }
}

function row(name: string, endings: readonly Ending[], unit: string): void {
  const { precision, recall, leads, failed, falseAlarms } = scoreOf(endings);
  const at = (share: number) => percentile([...leads], share);
  const lead = leads.length === 0 ? '' : `${at(0.5)} (${at(0.1)} to ${at(0.9)}) ${unit}`;
  const shares = failed === 0 ? ['', ''] : [precision.toFixed(3), recall.toFixed(3)];
  console.log(`| ${[name, ...shares, lead, failed, `${falseAlarms} in ${endings.length}`].join(' | ')} |`);
}
