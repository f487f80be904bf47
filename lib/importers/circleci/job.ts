import { templateVariables } from '../../core/dag/template';
import { LIMITS } from '../../core/limits';
import { nodeOf } from '../finish';
import type { ImportedNode } from '../imported';
import {
  checkLength,
  type LocatedMap,
  refuse,
  type Spot,
  settingOf,
  shown,
  type Tell,
  textOf,
  textsIn,
} from '../located/located';
import type { Config } from './config';
import { directoryOf } from './directory';
import { builtInExports, exportLines } from './environment';
import { labelsOf, variableEntries, withExecutor } from './executor';
import type { Order } from './links';
import { resultPaths, scriptsOf } from './runs';
import { joinScripts } from './script';
import { expandSteps, type Step } from './steps';
import { unknownIn } from './template';
import type { Listed } from './workflow';

/** A job of a workflow that runs something. */
export interface Running {
  readonly listed: Listed;
  readonly map: LocatedMap;
  readonly steps: readonly Step[];
  readonly parallelism: number;
}

/** CircleCI's own bound of containers of one job is a matter of the plan. */
const MOST_PARALLEL = 1_000;

/** A job with its executor and its steps; undefined where none of these runs anything. */
export function runningOf(listed: Listed, job: LocatedMap, config: Config, tell: Tell): Running | undefined {
  const map = withExecutor(job, config, tell);
  const { before, after } = listed.steps;
  const steps = [
    ...expandSteps(before, config, tell),
    ...expandSteps(settingOf(map, 'steps'), config, tell),
    ...expandSteps(after, config, tell),
  ];
  if (!steps.some(({ name }) => name === 'run' || name === 'deploy')) {
    tell(
      'left-out',
      listed.spot,
      `${listed.name} is no node: none of its steps runs a command here. What requires it needs what it required`,
    );
    return undefined;
  }
  return { listed, map, steps, parallelism: parallelismOf(map, tell) };
}

function parallelismOf(map: LocatedMap, tell: Tell): number {
  const value = settingOf(map, 'parallelism');
  if (!value) return 1;
  if (unknownIn(textOf(value)).length > 0) {
    tell(
      'changed',
      value.spot,
      `${textOf(value)} is only known on CircleCI: the job runs once, until it is told with --set`,
    );
    return 1;
  }
  const total = Number(textOf(value));
  if (Number.isInteger(total) && total >= 1 && total <= MOST_PARALLEL) return total;
  throw refuse(value.spot, `\`parallelism\` is a whole number from 1 to ${MOST_PARALLEL}`);
}

/** Whether a parallel job can be the graph's own `shards`, whose braces a command may have for itself. */
export function isShards({ steps, map, parallelism }: Running): boolean {
  if (parallelism < 2) return false;
  const environment = settingOf(map, 'environment');
  const texts = [
    ...steps.flatMap(({ value }) => textsIn(value)),
    ...(environment ? textsIn(environment) : []),
  ];
  return texts.every((text) => templateVariables(text).length === 0);
}

/** What is read of a job elsewhere. */
const READ = new Set([
  'description',
  'docker',
  'environment',
  'executor',
  'machine',
  'macos',
  'parallelism',
  'parameters',
  'resource_class',
  'shell',
  'steps',
  'type',
  'working_directory',
]);

/** Says what else of a job is not in the graph. */
function tellLeftovers(map: LocatedMap, tell: Tell): void {
  for (const [key, { spot, value }] of map.entries) {
    if (READ.has(key)) continue;
    const why = key === 'branches' ? 'filters stand in the workflow' : 'nothing like it is known here';
    tell('left-out', spot, `${why} (${shown(value)})`);
  }
}

export interface JobContext {
  readonly config: Config;
  readonly id: string;
  readonly order: Order;
  /** Which of the parallel ones it is, where each is a node; undefined for shards and for others. */
  readonly index: number | undefined;
  readonly reports: readonly string[];
  readonly tell: Tell;
}

/** @throws RepriseError INPUT_INVALID */
export function importJob(running: Running, context: JobContext): ImportedNode {
  const { listed, map, parallelism } = running;
  const { id, order, index, reports, tell } = context;
  tellLeftovers(map, tell);
  const run = command(running, context);
  checkLength(run, listed.spot);
  return nodeOf({
    id,
    run,
    needs: [...order.needs],
    trigger: order.trigger,
    when: order.when,
    shards: parallelism > 1 && index === undefined ? parallelism : undefined,
    labels: labelsOf(map, tell),
    concurrency: concurrencyOf(listed, tell),
    reports: [...reports],
  });
}

function command({ listed, map, steps, parallelism }: Running, { config, index, tell }: JobContext): string {
  const environment = settingOf(map, 'environment');
  const shell = settingOf(map, 'shell');
  const scripts = scriptsOf(steps, {
    directory: directoryOf(map),
    shell: shell && textOf(shell),
    tell,
  });
  const git = (name: string) => {
    const value = config.pipeline(`pipeline.git.${name}`);
    return value === undefined || textOf(value) === '' ? undefined : textOf(value);
  };
  const node =
    parallelism > 1
      ? { index: index === undefined ? '{{ index }}' : String(index), total: String(parallelism) }
      : undefined;
  const builtIn = builtInExports(
    [...steps.flatMap(({ value }) => textsIn(value)), ...(environment ? textsIn(environment) : [])],
    { name: listed.name, node, branch: git('branch'), tag: git('tag') },
    {
      spot: spotOf(map, listed.spot),
      own: new Set(environment ? variableEntries(environment).keys() : []),
      tell,
    },
  );
  return joinScripts(scripts, {
    exports: [...builtIn, ...exportLines(environment, tell)],
    shellOptions: settingOf(map, 'macos') ? '--login -eo pipefail' : '-eo pipefail',
  });
}

function spotOf(map: LocatedMap, otherwise: Spot): Spot {
  return settingOf(map, 'steps')?.spot ?? otherwise;
}

function concurrencyOf({ group }: Listed, tell: Tell): ImportedNode['concurrency'] {
  if (!group) return undefined;
  const key = textOf(group);
  if (unknownIn(key).length === 0 && key !== '' && key.length <= LIMITS.concurrencyKeyLength)
    return { key, limit: 1 };
  tell('left-out', group.spot, `the group ${key} is only known on CircleCI: jobs of it may run at once`);
  return undefined;
}

/** Where the results of its tests are. */
export function resultsOf({ map, steps }: Running, tell: Tell) {
  return resultPaths(steps, { directory: directoryOf(map), shell: undefined, tell });
}
