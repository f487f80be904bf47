import type { Command } from 'commander';
import { createPredictionsClient } from '../adapters/http/predictions-client';
import { askBy, type ConnectOptions, withConnection } from './connect';
import { parseName } from './options';
import { print } from './print';
import { renderWorkers } from './render/predictions';

type Options = ConnectOptions & { readonly json?: boolean; readonly pool: string };

/** `reprise workers`: how the workers of a pool are; `cordon` and `uncordon` one of them. */
export function registerWorkers(program: Command): void {
  const workers = program.command('workers');
  const connected = (command: Command, what: string) =>
    withConnection(command.description(what))
      .option('--pool <name>', 'the pool', 'default')
      .option('--json', 'print one JSON document');
  connected(workers, 'show how the workers of a pool are').action(list);
  connected(workers.command('list'), 'the same').action(list);
  connected(workers.command('cordon'), 'keep a worker off new work; what it runs goes on')
    .argument('<worker>', 'its id', parseName("a worker's id"))
    .requiredOption('--reason <text>', 'why; the journal of the pool keeps it')
    .action(async (id: string, { pool, reason, ...options }: Options & { readonly reason: string }) => {
      await askBy(createPredictionsClient, options, (client) => client.cordon(id, { pool, reason }));
      print(options, { worker: id, pool, cordoned: true }, () => `${id} gets no new work: ${reason}\n`);
    });
  connected(workers.command('uncordon'), 'give a worker work again')
    .argument('<worker>', 'its id', parseName("a worker's id"))
    .action(async (id: string, { pool, ...options }: Options) => {
      await askBy(createPredictionsClient, options, (client) => client.uncordon(id, { pool }));
      print(options, { worker: id, pool, cordoned: false }, () => `${id} gets work again\n`);
    });
}

async function list({ pool, ...options }: Options): Promise<void> {
  const workers = await askBy(createPredictionsClient, options, (client) => client.workers(pool));
  print(options, { workers }, () => renderWorkers(workers));
}
