import type { Command } from 'commander';
import { type ConnectOptions, withHistory } from './connect';
import { consult } from './history-desk';
import { print } from './print';
import { renderFlakes } from './render/history';

type Options = ConnectOptions & { readonly json?: boolean; readonly all?: boolean };

/** `reprise flakes`: nodes and tests that fail though their input passes. */
export function registerFlakes(program: Command): void {
  withHistory(program.command('flakes'))
    .description('list nodes and tests that fail though the same input passes as well')
    .option('--all', 'whatever failed lately, flaky or not')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      const { flakes } = await consult(options, (desk) => desk.flakes());
      const listed = options.all ? flakes : flakes.filter(({ verdict }) => verdict === 'flaky');
      print(options, { flakes: listed }, () => renderFlakes(listed));
    });
}
