import type { Command } from 'commander';
import { createHealthClient } from '../adapters/http/health-client';
import { askBy, type ConnectOptions, withConnection } from './connect';
import { EXIT } from './exit';
import { print } from './print';
import { renderHealth } from './render/health';

/** `reprise health`: how an engine is, and what it depends on. */
export function registerHealth(program: Command): void {
  withConnection(
    program
      .command('health')
      .description('say how an engine is, and all that it depends on; exits with 1 where it cannot serve'),
  )
    .option('--json', 'print one JSON document')
    .action(async (options: ConnectOptions & { readonly json?: boolean }) => {
      const health = await askBy(createHealthClient, options, (client) => client.get());
      print(options, health, () => renderHealth(health));
      if (health.status === 'fail') process.exitCode = EXIT.failed;
    });
}
