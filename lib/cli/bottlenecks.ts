import type { Command } from 'commander';
import { consultCapacity, type RecordedOptions, withRecorded } from './capacity-desk';
import { print } from './print';
import { renderBottlenecks } from './render/capacity';

/** Enough to see what comes again, few enough for an answer in seconds. */
const USUAL_JOBS = 100;

/** `reprise bottlenecks`: what bounds how long jobs take, and what more of it would win. */
export function registerBottlenecks(program: Command): void {
  withRecorded(program.command('bottlenecks'), USUAL_JOBS)
    .description('say what bounds the makespan of recorded jobs, and how much one unit more of it would win')
    .action(async ({ pool, jobs, ...options }: RecordedOptions) => {
      const report = await consultCapacity(options, (desk) => desk.bottlenecks({ pool, jobs }));
      print(options, report, () => renderBottlenecks(report));
    });
}
