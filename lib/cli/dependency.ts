import { type Command, Option } from 'commander';
import { createDependencyClient } from '../adapters/http/dependency-client';
import { FORCED_STATUSES } from '../core/messages/dependency';
import { present } from '../core/model/present';
import { type ConnectOptions, printedBy, withConnection } from './connect';
import { parseName } from './options';
import { renderDependencies, renderDependency } from './render/dependency';

type Options = ConnectOptions & { readonly json?: boolean };
type Change = Options & { readonly reason?: string };
type Force = Change & { readonly state: (typeof FORCED_STATUSES)[number] };

const print = printedBy(createDependencyClient);

/** `reprise dependency ...`: external dependencies, and the breakers that keep work off them. */
export function registerDependency(program: Command): void {
  const dependency = program
    .command('dependency')
    .description('see how external dependencies stand, and hold their breakers open or closed');
  const add = (usage: string, what: string) =>
    withConnection(dependency.command(usage).description(what)).option('--json', 'print one JSON document');
  const one = (usage: string, what: string) =>
    add(usage, what).argument('<name>', 'its name', parseName("a dependency's name"));
  const change = (usage: string, what: string) =>
    one(usage, what).option('--reason <text>', 'why, for whoever looks later');

  add('list', 'list the dependencies that work names or named').action((options: Options) =>
    print(options, async (client) => ({ dependencies: await client.list() }), renderDependencies),
  );
  one('show', 'show how a dependency stands, and its latest changes').action(
    (name: string, options: Options) => print(options, (client) => client.get(name), renderDependency),
  );
  change('force', 'hold its breaker open or closed, whatever is observed, until it is reset')
    .addOption(new Option('--state <state>').choices(FORCED_STATUSES).makeOptionMandatory())
    .action((name: string, { state, ...options }: Force) => {
      const how = { state, ...present({ reason: options.reason }) };
      return print(options, (client) => client.force(name, how), renderDependency);
    });
  change('reset', 'close its breaker and count anew').action((name: string, options: Change) => {
    const why = present({ reason: options.reason });
    return print(options, (client) => client.reset(name, why), renderDependency);
  });
}
