import type { Command } from 'commander';
import { createHealthClient } from '../adapters/http/health-client';
import { askBy, type ConnectOptions, withConnection } from './connect';
import { renderPredictions } from './render/health';

type Options = ConnectOptions & { readonly json?: boolean };

/** `reprise health ...`: what may be about to fail. */
export function registerHealth(program: Command): void {
  const health = program.command('health').description('see what may be about to fail');
  withConnection(health.command('predictions').description('list the warnings that stand'))
    .option('--json', 'print one JSON document')
    .action(async ({ json, ...options }: Options) => {
      const predictions = await askBy(createHealthClient, options, (client) => client.predictions());
      process.stdout.write(json ? `${JSON.stringify({ predictions })}\n` : renderPredictions(predictions));
    });
}
