import { type Command, Option } from 'commander';
import type { HistoryClient } from '../adapters/http/history-client';
import { parseDuration } from '../core/model/duration';
import { type ConnectOptions, withHistory } from './connect';
import { consult } from './history-desk';
import { invalid } from './invalid';
import { print } from './print';
import { renderQuarantines } from './render/history';

interface Options extends ConnectOptions {
  readonly json?: boolean;
}

interface AddOptions extends Options {
  readonly owner: string;
  readonly reason: string;
  readonly expires: number;
  readonly of?: 'node' | 'test';
  readonly name?: string;
}

/** `reprise quarantine ...`: known flakes, whose failures are warnings until they expire. */
export function registerQuarantine(program: Command): void {
  const quarantine = program
    .command('quarantine')
    .description('make the failures of known flakes warnings, for a time');
  const add = (usage: string, what: string) =>
    withHistory(quarantine.command(usage).description(what)).option('--json', 'print one JSON document');

  add('add', 'quarantine a node or a test, or change how')
    .argument('<id>', 'as `reprise flakes` shows it', parseId)
    .requiredOption('--owner <who>', 'who answers for it')
    .requiredOption('--reason <text>', 'why, such as the number of a ticket')
    .requiredOption(
      '--expires <time>',
      'when its failures count again: in 14d or 12h, or a date',
      parseExpiry,
    )
    .addOption(new Option('--of <kind>', 'what it is; as in `reprise flakes`').choices(['node', 'test']))
    .option('--name <name>', 'what it is called; as in `reprise flakes`')
    .action(addQuarantine);
  add('list', 'list quarantines, those that have expired too').action(async (options: Options) => {
    const quarantines = await consult(options, (desk) => desk.quarantines());
    print(options, { quarantines }, () => renderQuarantines(quarantines));
  });
  add('remove', 'let the failures of a node or a test count again')
    .argument('<id>', 'as `reprise quarantine list` shows it', parseId)
    .action(async (id: string, options: Options) => {
      await consult(options, (desk) => desk.unquarantine(id));
      print(options, { id }, () => `${id} is not quarantined any more\n`);
    });
}

async function addQuarantine(id: string, options: AddOptions): Promise<void> {
  const { owner, reason, expires } = options;
  const entered = await consult(options, async (desk) => {
    const what = await whatIs(desk, id, options);
    return desk.quarantine(id, { ...what, owner, reason, expires_at: new Date(expires).toISOString() });
  });
  print(options, entered, () => renderQuarantines([entered]));
}

/** What has failed lately is known by its id. */
async function whatIs(desk: HistoryClient, id: string, { of, name }: AddOptions) {
  if (of !== undefined && name !== undefined) return { of, name };
  const known = (await desk.flakes()).flakes.find((flake) => flake.id === id);
  if (known) return { of: of ?? known.of, name: name ?? known.name };
  throw invalid(`nothing with the id ${id} has failed lately: say what it is by --of and --name`);
}

function parseId(text: string): string {
  if (/^[0-9a-f]{16}$/.test(text)) return text;
  throw invalid(`an id has 16 hex digits, as \`reprise flakes\` shows it, not ${JSON.stringify(text)}`);
}

const DAY_MS = 24 * 3_600_000;

/** Milliseconds since the epoch. */
function parseExpiry(text: string): number {
  const days = /^(\d{1,4})d$/.exec(text.trim())?.[1];
  const ms = days === undefined ? parseDuration(text) : Number(days) * DAY_MS;
  const at = ms === undefined ? Date.parse(text) : Date.now() + ms;
  if (Number.isFinite(at)) return at;
  throw invalid(`--expires is a time from now such as 14d or 12h, or a date, not ${JSON.stringify(text)}`);
}
