import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import * as z from 'zod';
import { unwritable } from '../adapters/embedded/disk/file-error';
import { createFileHistory } from '../adapters/embedded/disk/history';
import { makeDirs } from '../adapters/embedded/disk/make-dirs';
import { type Compilation, compile } from '../core/dag/compile';
import { MACHINE_FORMS, type MachineForm } from '../core/dag/emit/forms';
import { PRICES, type Prices, type Usage } from '../core/dag/predict/prices';
import { isRepriseError, RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { present } from '../core/model/present';
import { readGraph, readYaml } from './files';
import { wholeNumber } from './numbers';
import { JOURNAL_OPTION, layoutAt } from './options';
import { print } from './print';

interface Options {
  readonly json?: boolean;
  readonly out?: string;
  readonly machines: MachineForm;
  readonly workers: number;
  readonly journal: string;
  readonly prices?: string;
}

/** `reprise compile GRAPH [--json] [--out DIR]`: what a graph becomes, and what it will take. */
export function registerCompile(program: Command): void {
  program
    .command('compile')
    .description('compile a graph to state machines and show what they take')
    .argument('<graph>', 'the graph file, YAML or JSON')
    .option('--json', 'print one JSON document')
    .option('--out <dir>', 'write the state machines and the compilation to this directory')
    .addOption(
      new Option('--machines <form>', 'a state for each node, or one for all of a job')
        .choices(MACHINE_FORMS)
        .default('per-node'),
    )
    .option('--workers <n>', 'workers that the predicted makespan assumes', wholeNumber('--workers'), 50)
    .option(JOURNAL_OPTION[0], 'where durations are learned from, when there is a journal', JOURNAL_OPTION[2])
    .option(
      '--prices <file>',
      'YAML or JSON with region, date and, in USD, perTransition or more under per, in place of the built-in ones',
    )
    .action(async (file: string, options: Options) => {
      const graph = await readGraph(file);
      const history = await createFileHistory(layoutAt(options.journal)).durations();
      const prices = options.prices === undefined ? {} : { prices: await readPrices(options.prices) };
      const { workers, machines } = options;
      const compilation = compile(graph, { workers, machines, history, ...prices });
      if (options.out !== undefined) await write(options.out, compilation);
      print(options, compilation, () => summary(compilation));
    });
}

const pricesSchema = z.strictObject({
  region: z.string().max(LIMITS.ownerLength),
  date: z.iso.date(),
  perTransition: z.number().nonnegative().exactOptional(),
  /** By the units of a bill; what is left out costs what it costs in the built-in table. */
  per: z
    .partialRecord(z.enum(Object.keys(PRICES.per) as (keyof Usage)[]), z.number().nonnegative())
    .default({}),
});

async function readPrices(file: string): Promise<Prices> {
  const parsed = pricesSchema.safeParse(await readYaml(file));
  if (parsed.success) {
    const { region, date, perTransition: transitions, per } = parsed.data;
    return { region, date, per: { ...PRICES.per, ...present({ transitions }), ...per } };
  }
  throw new RepriseError('INPUT_INVALID', `${file} is no table of prices: ${z.prettifyError(parsed.error)}`);
}

async function write(dir: string, compilation: Compilation): Promise<void> {
  try {
    makeDirs(dir);
    const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
    await writeFile(join(dir, 'compilation.json'), pretty(compilation));
    for (const { name, definition } of compilation.machines) {
      await writeFile(join(dir, `${name}.asl.json`), pretty(definition));
    }
  } catch (error) {
    throw isRepriseError(error) ? error : unwritable(`to ${dir}`, error);
  }
}

function summary({ graph, certificate: c, residual, secrets, warnings, ...rest }: Compilation): string {
  const given = Object.values(rest.with);
  const share = `${Math.floor(c.structuralShare * 1_000) / 10} %`;
  const rows: [string, string][] = [
    ['graph', `${graph.name}  ${graph.hash}`],
    ['nodes, edges', `${graph.nodes}, ${graph.edges}`],
    ['critical path', `${c.criticalPathSeconds} s`],
    [`makespan with ${c.workers} workers`, `${c.predictedMakespanSeconds} s`],
    [
      'durations',
      `${c.durations.declared} declared, ${c.durations.learned} learned, ${c.durations.assumed} assumed`,
    ],
    ['width', `${c.widthMethod === 'exact' ? '' : 'at least '}${c.maxWidth} nodes`],
    ['state machines', String(c.stateMachines)],
    [
      'state transitions',
      `${c.stateTransitions}  (${c.transitionsCostUsd} USD, prices of ${c.prices.region}, ${c.prices.date})`,
    ],
    ['a run, all in all', `${c.estimatedCostUsd} USD; on the graph runner ${c.graphRunnerCostUsd} USD`],
    ['longest history', `${c.historyEvents} events`],
    ['largest definition', `${c.definitionBytes} bytes`],
    ['edges in the structure', share],
    ['residual edges', `${c.residualEdges} on ${Object.keys(residual).length} nodes`],
    ...(given.length === 0
      ? []
      : [
          [
            'given variables',
            `${given.reduce((sum, each) => sum + Object.keys(each).length, 0)} on ${given.length} nodes`,
          ] as [string, string],
        ]),
    ...Object.entries(secrets).map(([name, nodes], i): [string, string] => [
      i === 0 ? 'secrets' : '',
      `${name}, for ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`,
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  return `${[...lines, ...warnings.map((warning) => `warning: ${warning}`)].join('\n')}\n`;
}
