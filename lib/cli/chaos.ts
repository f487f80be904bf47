import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { FAULT_KINDS, type FaultKind } from '../chaos/faults';
import type { ChaosOptions } from '../chaos/run';
import { runSideBySide } from '../chaos/side-by-side';
import { EXIT } from './exit';
import { invalid } from './invalid';
import { wholeNumber } from './numbers';
import { print } from './print';
import { renderChaos } from './render/chaos';

interface Options {
  readonly seed: number;
  readonly jobs: number;
  readonly faults?: readonly FaultKind[];
  readonly world?: number;
  readonly processes?: number;
  readonly trace?: boolean;
  readonly json?: boolean;
}

const MAX_JOBS = 1_000_000;
const MAX_PROCESSES = 16;
const MAX_SEED = 2 ** 32 - 1;

/** `reprise chaos`: the deterministic simulation, which tries to break the engine. */
export function registerChaos(program: Command): void {
  program
    .command('chaos')
    .description('run jobs in virtual time while things go wrong, and check that every promise is kept')
    .option(
      '--seed <n>',
      'the same seed gives the same run',
      wholeNumber('--seed', { least: 0, most: MAX_SEED }),
      1,
    )
    .option(
      '--jobs <n>',
      'jobs in all, over as many worlds as it takes',
      wholeNumber('--jobs', { most: MAX_JOBS }),
      200,
    )
    .option('--faults <kinds>', `what may go wrong, of ${FAULT_KINDS.join(', ')}; or none`, faultKinds)
    .option('--world <n>', 'play this world of the run alone', wholeNumber('--world', { most: MAX_JOBS }))
    .option(
      '--processes <n>',
      'worlds that are played at a time (default: one a processor)',
      wholeNumber('--processes', { most: MAX_PROCESSES }),
    )
    .option('--trace', 'write every line of every world to standard error')
    .option('--json', 'print one JSON document')
    .action(async ({ seed, jobs, faults, world, trace, json, ...rest }: Options) => {
      const { processes = Math.min(availableParallelism(), MAX_PROCESSES) } = rest;
      const onLine = trace ? (line: string) => void process.stderr.write(`${line}\n`) : undefined;
      const began = performance.now();
      const options: ChaosOptions = { seed, jobs, faults, world, onLine };
      // Should nothing be left to wait for before there is a report, that is no success.
      process.exitCode = EXIT.failed;
      const report = await runSideBySide(options, { processes });
      const tookMs = performance.now() - began;
      print({ json }, report, () => renderChaos(report, tookMs));
      if (report.violations.length === 0) process.exitCode = EXIT.done;
    });
}

function faultKinds(text: string): FaultKind[] {
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const kind = FAULT_KINDS.find((each) => each === name.trim());
    if (kind) return kind;
    throw invalid(`--faults: there is no fault ${JSON.stringify(name)}; there are ${FAULT_KINDS.join(', ')}`);
  });
}
