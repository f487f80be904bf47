import type { Command } from 'commander';
import { LIMITS } from '../core/limits';
import { type ConnectOptions, withHistory } from './connect';
import { consult } from './history-desk';
import { decimalNumber } from './numbers';
import { printDocument } from './print';
import { effectivenessCsv, renderEffectiveness } from './render/history';

interface Options extends ConnectOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly everyone?: boolean;
  readonly slotHourUsd?: number;
}

/** `reprise effectiveness`: what retries came to, by signature, class and strategy. */
export function registerEffectiveness(program: Command): void {
  withHistory(program.command('effectiveness'))
    .description('say what retries came to, by signature of the failure, class and strategy')
    .option('--everyone', 'of the whole deployment; for administrators')
    .option(
      '--slot-hour-usd <price>',
      'what a slot costs for an hour, to reckon costs',
      decimalNumber('--slot-hour-usd', { most: LIMITS.slotHourUsd }),
    )
    .option('--json', 'print one JSON document')
    .option('--csv', 'print CSV, one line a strategy')
    .action(async (options: Options) => {
      const { everyone = false, slotHourUsd } = options;
      const report = await consult(options, (desk) => desk.effectiveness({ everyone, slotHourUsd }));
      if (options.json) printDocument(report);
      else process.stdout.write((options.csv ? effectivenessCsv : renderEffectiveness)(report.effectiveness));
    });
}
