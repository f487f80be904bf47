import type { Command } from 'commander';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { type ConfigClient, createConfigClient } from '../adapters/http/config-client';
import { configBody, configChange } from '../api/views/config';
import type { ConfigHistory } from '../contract/config';
import { parseConfigFile, parseConfigValue, parseConfigValues } from '../core/configuration/document';
import { isConfigKey } from '../core/configuration/keys';
import { createLiveConfig } from '../core/configuration/live';
import { createConfigStore } from '../core/configuration/store';
import { RepriseError } from '../core/errors';
import { present } from '../core/model/present';
import { configOfEnvironment, readConfigFile } from '../server/configuration';
import { askWhoHas, type ConnectOptions, withConnection } from './connect';
import { readText, sourceOf } from './files';
import { configFileOf, currentUser, layoutAt, prepareDirectory } from './options';
import { print } from './print';
import { renderConfig, renderConfigHistory } from './render/config';

type Options = ConnectOptions & { readonly json?: boolean };
type Change = Options & { readonly reason?: string };

/** `reprise config ...`: how an engine is configured, and since when. */
export function registerConfig(program: Command): void {
  const config = program.command('config').description('see, check and change how an engine is configured');
  const add = (usage: string, what: string) =>
    withConnection(config.command(usage).description(what)).option('--json', 'print one JSON document');
  const change = (usage: string, what: string) =>
    add(usage, what).option('--reason <text>', 'why, for whoever looks later');

  add('show', 'show every key and its value')
    .option('--origin', 'and where the value comes from')
    .action(async (options: Options & { readonly origin?: boolean }) => {
      const view = await onWhoeverHas(options, (client) => client.get());
      print(options, view, () => renderConfig(view, options.origin === true));
    });
  config
    .command('check <file>')
    .description('say what is wrong with a file of the configuration')
    .option('--json', 'print one JSON document')
    .action(check);
  change('set <key> <value>', 'set a key, as YAML or JSON; it holds at once, without a restart').action(
    (key: string, value: string, options: Change) =>
      apply(options, parseConfigValue(key, value, 'the value')),
  );
  change('unset <key>', 'take back what was set').action((key: string, options: Change) => {
    if (!isConfigKey(key)) parseConfigValues({ [key]: null });
    return apply(options, { [key]: undefined });
  });
  add('history', 'show what was changed: by whom, when, from what to what').action(
    async (options: Options) => {
      const history = await onWhoeverHas(options, (client) => client.history());
      print(options, history, () => renderConfigHistory(history));
    },
  );
}

async function check(file: string, options: { readonly json?: boolean }): Promise<void> {
  const values = parseConfigFile(await readText(file), sourceOf(file));
  const keys = Object.keys(values);
  print(
    options,
    { ok: true, values },
    () => `${file} is in order: ${keys.join(', ') || 'it says nothing'}\n`,
  );
}

async function apply(options: Change, change: Readonly<Record<string, unknown>>): Promise<void> {
  const view = await onWhoeverHas(options, async (client) => {
    const { version, set } = await client.get();
    return client.put(
      { set: present({ ...set, ...change }), ...present({ reason: options.reason }) },
      version,
    );
  });
  const [key = ''] = Object.keys(change);
  const now = view.keys.find((each) => each.key === key);
  const isHidden = now?.origin !== 'set' && change[key] !== undefined;
  const hint = isHidden ? `; it is hidden: ${now?.origin} says otherwise` : '';
  print(options, view, () => `${key}: ${JSON.stringify(now?.value)} (${now?.origin}${hint})\n`);
}

/** A deployed engine or the daemon of the directory; where none serves it, its files. */
async function onWhoeverHas<T>(
  options: ConnectOptions,
  question: (client: ConfigClient) => Promise<T>,
): Promise<T> {
  const answer = await askWhoHas(createConfigClient, options, question);
  return answer ?? onFiles(options, question);
}

async function onFiles<T>(
  options: ConnectOptions,
  question: (client: ConfigClient) => Promise<T>,
): Promise<T> {
  const layout = layoutAt(options.journal);
  await prepareDirectory(layout);
  const journal = createFileJournalStore(layout);
  try {
    const store = createConfigStore(journal, Date.now);
    const own = { file: readConfigFile(configFileOf(layout)), environment: configOfEnvironment(process.env) };
    const live = createLiveConfig({ store, own: () => own, clock: Date.now, ttlMs: 0, onFailure: fail });
    return await question({
      get: async () => configBody(await live.read()),
      async put({ set, reason }, version) {
        const actor = { kind: 'user', id: currentUser() } as const;
        const cause = { actor, requestId: `cli/${process.pid}`, traceId: `cli/${process.pid}`, reason };
        await store.change('set', parseConfigValues(set), cause, version);
        return configBody(await live.read());
      },
      async history() {
        const changes: ConfigHistory['changes'] = [];
        for await (const event of store.history()) changes.unshift(configChange(event));
        return { changes };
      },
    });
  } finally {
    await journal.close();
  }
}

function fail(cause: unknown): never {
  throw new RepriseError('JOURNAL_CORRUPT', 'the journal of the configuration cannot be read', { cause });
}
