import type { Command } from 'commander';
import { createPredictionsClient } from '../adapters/http/predictions-client';
import { askBy, type ConnectOptions, withConnection } from './connect';
import { renderWorkers } from './render/predictions';

type Options = ConnectOptions & { readonly json?: boolean; readonly pool: string };

/** `reprise workers`: how the workers of a pool are. */
export function registerWorkers(program: Command): void {
  const command = program.command('workers').description('show how the workers of a pool are');
  withConnection(command)
    .option('--pool <name>', 'the pool', 'default')
    .option('--json', 'print one JSON document')
    .action(async ({ pool, json, ...options }: Options) => {
      const workers = await askBy(createPredictionsClient, options, (client) => client.workers(pool));
      process.stdout.write(json ? `${JSON.stringify({ workers })}\n` : renderWorkers(workers));
    });
}
