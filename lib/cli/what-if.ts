import type { Command } from 'commander';
import { type ScenarioRequest, scenarioSchema } from '../contract/capacity';
import { parse } from '../contract/read';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';
import { checkedPrices, consultCapacity, type RecordedOptions, withRecorded } from './capacity-desk';
import { readYaml, sourceOf } from './files';
import { wholeNumber } from './numbers';
import { print } from './print';
import { renderWhatIf } from './render/capacity';

interface Options extends RecordedOptions {
  readonly workers?: number;
  readonly maxRunningJobs?: number;
  readonly workerHourUsd?: string;
}

const USUAL_JOBS = 100;

/** `reprise what-if`: recorded jobs on another fleet, under other rules, at another price. */
export function registerWhatIf(program: Command): void {
  withRecorded(program.command('what-if'), USUAL_JOBS)
    .description('replay recorded jobs on another fleet, under other rules or prices, beside what happened')
    .argument('[scenarios]', 'YAML list of scenarios: name, fleet, max_running_jobs, order, fair, priorities')
    .option(
      '--workers <n>',
      'one scenario: workers of one slot for work of any label',
      wholeNumber('--workers', { most: LIMITS.fleetWorkers }),
    )
    .option(
      '--max-running-jobs <n>',
      'one scenario: jobs at a time',
      wholeNumber('--max-running-jobs', { most: LIMITS.runningJobs }),
    )
    .option('--worker-hour-usd <prices>', 'what a worker costs for an hour: 0.10,gpu=0.90', checkedPrices)
    .action(async (file: string | undefined, options: Options) => {
      const { pool, jobs, workerHourUsd } = options;
      const scenarios = [...(file === undefined ? [] : await readScenarios(file)), ...ownScenario(options)];
      const request = { pool, jobs, scenarios, ...present({ worker_hour_usd: workerHourUsd }) };
      const compared = await consultCapacity(options, (desk) => desk.whatIf(request));
      print(options, compared, () => renderWhatIf(compared));
    });
}

function ownScenario({ workers, maxRunningJobs }: Options): ScenarioRequest[] {
  if (workers === undefined && maxRunningJobs === undefined) return [];
  const names = [
    ...(workers === undefined ? [] : [`${workers} workers`]),
    ...(maxRunningJobs === undefined ? [] : [`${maxRunningJobs} jobs at a time`]),
  ];
  const fleet = workers === undefined ? undefined : [{ labels: '*' as const, slots: 1, count: workers }];
  return [{ name: names.join(', '), ...present({ fleet, max_running_jobs: maxRunningJobs }) }];
}

async function readScenarios(file: string): Promise<ScenarioRequest[]> {
  const list = await readYaml(file);
  if (!Array.isArray(list)) {
    const message = `${sourceOf(file)} must be a list of scenarios such as [{name: more, fleet: [{labels: [linux], slots: 4, count: 10}]}]`;
    throw new RepriseError('INPUT_INVALID', message);
  }
  return list.map((each) => parse(scenarioSchema, each));
}
