import type { Command } from 'commander';
import { createPredictionsClient } from '../adapters/http/predictions-client';
import { askBy, type ConnectOptions, withConnection } from './connect';
import { print } from './print';
import { renderPredictions } from './render/predictions';

type Options = ConnectOptions & { readonly json?: boolean };

/** `reprise predictions`: what may be about to fail. */
export function registerPredictions(program: Command): void {
  withConnection(program.command('predictions').description('see what may be about to fail'))
    .option('--json', 'print one JSON document')
    .action(async ({ json, ...options }: Options) => {
      const predictions = await askBy(createPredictionsClient, options, (client) => client.predictions());
      print({ json }, { predictions }, () => renderPredictions(predictions));
    });
}
