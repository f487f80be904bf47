import { basename } from 'node:path';
import type { Command } from 'commander';
import { createNotifyClient } from '../adapters/http/notify-client';
import { many } from '../core/model/many';
import { parseNotifications } from '../core/notify/rules';
import { type ConnectOptions, printedBy, withConnection } from './connect';
import { readText } from './files';
import { print } from './print';
import { renderTarget, renderTargets } from './render/notify';

type Options = ConnectOptions & { readonly json?: boolean };

const printAnswer = printedBy(createNotifyClient);

/** `reprise notify ...`: who is told of what happens. */
export function registerNotify(program: Command): void {
  const notify = program.command('notify').description('see and try who is told of what happens');
  const add = (usage: string, what: string) =>
    withConnection(notify.command(usage).description(what)).option('--json', 'print one JSON document');

  add('list', 'list the targets of notifications').action((options: Options) =>
    printAnswer(options, async (client) => ({ targets: await client.list() }), renderTargets),
  );
  add('show <target>', 'show what happened at a target, and what waits there').action(
    (target: string, options: Options) => printAnswer(options, (client) => client.get(target), renderTarget),
  );
  add('test <target>', 'send a sample to a target').action((target: string, options: Options) =>
    printAnswer(options, (client) => client.test(target), renderTarget),
  );
  add('ack <target> <alert>', 'take an alert up: nobody else is told of it').action(
    (target: string, alert: string, options: Options) =>
      printAnswer(options, (client) => client.acknowledge(target, alert), renderTarget),
  );
  add('redrive <target> [deliveries...]', 'send again what could not be sent: all of it, or these').action(
    (target: string, deliveries: readonly string[], options: Options) =>
      printAnswer(
        options,
        (client) => client.redrive(target, deliveries.length === 0 ? undefined : deliveries),
        renderTarget,
      ),
  );
  notify
    .command('check <file>')
    .description('check a file of targets and rules')
    .option('--json', 'print one JSON document')
    .action(async (file: string, { json }: { readonly json?: boolean }) => {
      const { targets, rules } = parseNotifications(await readText(file), basename(file));
      const document = { ok: true, targets: Object.keys(targets), rules: rules.length };
      const text = `${many(document.targets.length, 'target')}, ${many(rules.length, 'rule')}\n`;
      print({ json }, document, () => text);
    });
}
