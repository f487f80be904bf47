import type { Command } from 'commander';
import { createTriggerClient } from '../adapters/http/trigger-client';
import { type ConnectOptions, printedBy, withConnection } from './connect';
import { parseName } from './options';
import { renderFired, renderTrigger, renderTriggers } from './render/trigger';
import { readTriggerFile } from './trigger-file';

type Options = ConnectOptions & { readonly json?: boolean };

const print = printedBy(createTriggerClient);

/** `reprise trigger ...`: what starts jobs by the clock or by events. */
export function registerTrigger(program: Command): void {
  const trigger = program.command('trigger').description('start jobs by the clock or by events');
  const add = (usage: string, what: string) =>
    withConnection(trigger.command(usage).description(what)).option('--json', 'print one JSON document');

  add('set', 'make a trigger, or change it, as a file says')
    .argument('<file>', 'the trigger file, YAML or JSON')
    .action(async (file: string, options: Options) => {
      const { name, trigger } = await readTriggerFile(file);
      await print(options, (client) => client.put(name, trigger), renderTrigger);
    });
  add('list', 'list your triggers').action((options: Options) =>
    print(options, async (client) => ({ triggers: await client.list() }), renderTriggers),
  );
  const one = (usage: string, what: string) =>
    add(usage, what).argument('<name>', 'its name', parseName("a trigger's name"));
  one('show', 'show a trigger and what it did last').action((name: string, options: Options) =>
    print(options, (client) => client.get(name), renderTrigger),
  );
  one('fire', 'start its job now, as its overlap policy allows').action((name: string, options: Options) =>
    print(options, (client) => client.fire(name), renderFired),
  );
  one('pause', 'start no jobs until it is unpaused').action((name: string, options: Options) =>
    print(options, (client) => client.pause(name), renderTrigger),
  );
  one('unpause', 'start jobs again; what was due meanwhile is not made good').action(
    (name: string, options: Options) => print(options, (client) => client.unpause(name), renderTrigger),
  );
  one('delete', 'take a trigger away; its jobs go on').action((name: string, options: Options) =>
    print(
      options,
      (client) => client.remove(name),
      ({ name: gone }) => `trigger ${gone} is deleted\n`,
    ),
  );
}
