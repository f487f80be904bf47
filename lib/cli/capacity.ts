import type { Command } from 'commander';
import { LIMITS } from '../core/limits';
import { checkedPrices, consultCapacity, type RecordedOptions, withRecorded } from './capacity-desk';
import { wholeNumber } from './numbers';
import { print } from './print';
import { renderCapacity } from './render/capacity';

interface Options extends RecordedOptions {
  readonly targetWait: number;
  readonly horizonHours: number;
  readonly workerHourUsd?: string;
}

/** A forecast needs a longer past than a replay does. */
const USUAL_JOBS = 500;
const WEEK_HOURS = 168;

/** `reprise capacity`: the demand to come, and the fleet that it needs. */
export function registerCapacity(program: Command): void {
  withRecorded(program.command('capacity'), USUAL_JOBS)
    .description('forecast the demand of a pool, and recommend the fleet that keeps waits short')
    .option(
      '--target-wait <seconds>',
      'what 95 in 100 attempts are to wait for a worker at most',
      wholeNumber('--target-wait', { most: LIMITS.deadlineMs / 1_000 }),
      60,
    )
    .option(
      '--horizon-hours <n>',
      'how far to look ahead',
      wholeNumber('--horizon-hours', { most: LIMITS.horizonHours }),
      WEEK_HOURS,
    )
    .option(
      '--worker-hour-usd <prices>',
      'what a worker costs for an hour, and those of a label: 0.10,gpu=0.90',
      checkedPrices,
    )
    .action(async ({ pool, jobs, targetWait, horizonHours, workerHourUsd, ...options }: Options) => {
      const question = { pool, jobs, targetWaitSeconds: targetWait, horizonHours, prices: workerHourUsd };
      const plan = await consultCapacity(options, (desk) => desk.plan(question));
      print(options, plan, () => renderCapacity(plan));
    });
}
