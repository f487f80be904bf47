import type { Command } from 'commander';
import * as z from 'zod';
import { createFileHistory } from '../adapters/embedded/disk/history';
import type { Graph } from '../core/dag/graph';
import { indexGraph } from '../core/dag/graph-index';
import { canonicalGraph, graphHash } from '../core/dag/hash';
import { type Fleet, slotsOf, uniformFleet } from '../core/dag/predict/simulate-fleet';
import { planSchedule, workMs } from '../core/dag/predict/simulate-plan';
import {
  type DurationHistory,
  type DurationSources,
  durationSources,
  withLearnedDurations,
} from '../core/history/durations';
import { readGraph, readYaml } from './files';
import { invalid } from './invalid';
import { wholeNumber } from './numbers';
import { JOURNAL_OPTION, layoutAt } from './options';
import { print } from './print';
import { humanDuration } from './render/style';

interface Options {
  readonly json?: boolean;
  readonly workers?: number;
  readonly fleet?: string;
  readonly journal: string;
}

/** What `simulate` prints with `--json`; the first three are part of the contract. */
export interface SimulationReport {
  readonly makespanSeconds: number;
  /** No schedule is quicker: the larger of the critical path and all work over all slots. */
  readonly lowerBoundSeconds: number;
  /** Share of the slots' time that nodes take, 0 to 1. */
  readonly utilization: number;
  /** The makespan when the pool orders by the graph's upward ranks instead of the planned ones. */
  readonly upwardRankSeconds: number;
  readonly slots: number;
  readonly durations: DurationSources;
}

const MAX_WORKERS = 100_000;

const fleetSchema = z
  .array(
    z.strictObject({
      labels: z.union([z.literal('*'), z.array(z.string().max(64)).max(64)]).default('*'),
      slots: z.int().min(1).max(1_024).default(1),
      count: z.int().min(1).max(MAX_WORKERS).default(1),
    }),
  )
  .min(1, 'must list at least one kind of worker')
  .refine((kinds) => kinds.reduce((sum, { count }) => sum + count, 0) <= MAX_WORKERS, {
    error: `must have ${MAX_WORKERS} workers at most`,
  });

/** `reprise simulate GRAPH`: how long a graph takes on a fleet, in virtual time. */
export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('schedule a graph in virtual time and show how long it takes')
    .argument('<graph>', 'the graph file, YAML or JSON')
    .option('--json', 'print one JSON document')
    .option(
      '--workers <n>',
      'this many workers of one slot, which take work of any label',
      wholeNumber('--workers', { most: MAX_WORKERS }),
    )
    .option('--fleet <file>', 'YAML list of workers: labels, slots and count of each kind')
    .option(JOURNAL_OPTION[0], 'where durations are learned from, when there is a journal', JOURNAL_OPTION[2])
    .action(async (file: string, options: Options) => {
      const graph = await readGraph(file);
      const fleet = await fleetOf(options);
      const report = simulateGraph(
        graph,
        fleet,
        await createFileHistory(layoutAt(options.journal)).durations(),
      );
      print(options, report, () => summary(report));
    });
}

/** @throws RepriseError NODE_UNSCHEDULABLE */
export function simulateGraph(graph: Graph, fleet: Fleet, history: DurationHistory): SimulationReport {
  // In canonical order, so that ties fall alike whatever order the file has.
  const timed = canonicalGraph(withLearnedDurations(graph, history));
  const index = indexGraph(timed, graphHash(graph));
  const { simulation, byUpwardRank, lowerBoundMs } = planSchedule(index, fleet);
  const slots = slotsOf(fleet);
  const { makespanMs } = simulation;
  return {
    makespanSeconds: makespanMs / 1_000,
    lowerBoundSeconds: lowerBoundMs / 1_000,
    utilization: makespanMs === 0 ? 0 : workMs(index) / (makespanMs * slots),
    upwardRankSeconds: byUpwardRank.makespanMs / 1_000,
    slots,
    durations: durationSources(graph, history),
  };
}

async function fleetOf({ workers, fleet }: Options): Promise<Fleet> {
  if (workers !== undefined && fleet !== undefined)
    throw invalid('--workers and --fleet exclude each other: a fleet lists its workers itself');
  if (workers !== undefined) return uniformFleet(workers);
  if (fleet === undefined) throw invalid('say on what to run: --workers N, or --fleet FILE');
  return readFleet(fleet);
}

async function readFleet(file: string): Promise<Fleet> {
  const kinds = fleetSchema.safeParse(await readYaml(file));
  if (kinds.success) return kinds.data;
  const [issue] = kinds.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw invalid(
    `${file}${place}: ${issue?.message ?? 'not a fleet'}. A fleet is a list such as [{labels: [linux], slots: 4, count: 10}]`,
  );
}

function summary(report: SimulationReport): string {
  const { declared, learned, assumed } = report.durations;
  const above = report.makespanSeconds / report.lowerBoundSeconds - 1;
  const rows: [string, string][] = [
    ['makespan', humanDuration(report.makespanSeconds * 1_000)],
    [
      'lower bound',
      `${humanDuration(report.lowerBoundSeconds * 1_000)}${above > 0 ? `  (makespan is ${(above * 100).toFixed(1)} % above)` : '  (reached)'}`,
    ],
    ['utilization', `${(report.utilization * 100).toFixed(1)} % of ${report.slots} slots`],
    ['by upward rank', humanDuration(report.upwardRankSeconds * 1_000)],
    ['durations', `${declared} declared, ${learned} learned, ${assumed} assumed`],
  ];
  return `${rows.map(([name, value]) => `${name.padEnd(14)}  ${value}`).join('\n')}\n`;
}
