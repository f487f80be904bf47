import { type Command, Option } from 'commander';
import { createLetterClient } from '../adapters/http/letter-client';
import {
  type ChangedLetters,
  type RedriveLettersRequest,
  redriveLettersRequest,
  resolveLettersRequest,
} from '../contract/letters';
import { parse } from '../contract/read';
import { LETTER_STATUSES } from '../core/dlq/state';
import { LIMITS } from '../core/limits';
import { LETTER_KINDS, RESOLUTIONS } from '../core/messages/letter';
import { FAILURE_CLASSES } from '../core/model/failure';
import { idSchema } from '../core/model/ids';
import { present } from '../core/model/present';
import { askBy, type ConnectOptions, withConnection } from './connect';
import { EXIT } from './exit';
import { withGoOnOptions } from './go-on';
import { invalid } from './invalid';
import { consultLetters } from './letter-desk';
import { type DriveOptions, redriveHere, resolveHere } from './letter-drive';
import { wholeNumber } from './numbers';
import { print } from './print';
import { renderLetterGroup, renderLetterGroups } from './render/letters';

type Options = ConnectOptions & { readonly json?: boolean };
type Some = { readonly letter?: readonly string[] };
type ListOptions = Options & {
  readonly status?: string;
  readonly class?: string;
  readonly kind?: string;
  readonly limit?: number;
  readonly cursor?: string;
};
type Redrive = DriveOptions &
  Some & {
    readonly all?: true;
    readonly perMinute?: number;
    readonly run?: string;
    readonly param: Readonly<Record<string, string>>;
    readonly timeout?: string;
    readonly body?: string;
    readonly force?: true;
    readonly stop?: true;
    readonly reason?: string;
  };
type Resolve = DriveOptions &
  Some & {
    readonly how: (typeof RESOLUTIONS)[number];
    readonly output: Readonly<Record<string, string>>;
    readonly reason?: string;
  };

/** `reprise dlq ...`: letters, which are what failed for good and waits for a person. */
export function registerDlq(program: Command): void {
  const dlq = program
    .command('dlq')
    .description('see to letters: what failed for good, grouped by what it said');
  registerLook(dlq);
  registerRedrive(dlq);
  registerResolve(dlq);
  const change = (usage: string, what: string) =>
    withConnection(dlq.command(usage).description(what))
      .option('--json', 'print one JSON document')
      .argument('<group>', GROUP, parseGroup);
  withSome(change('assign', 'say who sees to letters'))
    .requiredOption('--to <who>', 'who sees to them')
    .action(async (group: string, { to, ...options }: Options & Some & { to: string }) => {
      const request = { to, ...someOf(options) };
      print(options, await consultLetters(options, (desk) => desk.assign(group, request)), renderLetterGroup);
    });
  change('note', 'note what was found, for whoever looks later')
    .argument('<text>', 'the note')
    .action(async (group: string, text: string, options: Options) =>
      print(options, await consultLetters(options, (desk) => desk.note(group, { text })), renderLetterGroup),
    );
}

const GROUP = 'the group, as `reprise dlq list` shows it';

function registerLook(dlq: Command): void {
  const add = (usage: string, what: string) =>
    withConnection(dlq.command(usage).description(what)).option('--json', 'print one JSON document');
  add('list', 'list the groups of letters, those with the latest first')
    .addOption(new Option('--status <status>').choices(LETTER_STATUSES))
    .addOption(new Option('--class <class>').choices(FAILURE_CLASSES))
    .addOption(new Option('--kind <kind>', 'what is parked').choices(LETTER_KINDS))
    .option(
      '--limit <n>',
      'groups at most, 20 by default',
      wholeNumber('--limit', { most: LIMITS.lettersPage }),
    )
    .option('--cursor <cursor>', 'the next page, as the one before says')
    .action(async ({ status, class: failureClass, kind, limit, cursor, ...options }: ListOptions) => {
      const wanted = present({
        status,
        class: failureClass,
        kind,
        cursor,
        limit,
      });
      const page = await consultLetters(options, (desk) => desk.list(wanted as object));
      print(options, page, renderLetterGroups);
    });
  add('show', 'show a group of letters, and what they said')
    .argument('<group>', GROUP, parseGroup)
    .action(async (group: string, options: Options) =>
      print(options, await consultLetters(options, (desk) => desk.get(group)), renderLetterGroup),
    );
}

function registerRedrive(dlq: Command): void {
  withSome(withConnection(withGoOnOptions(dlq.command('redrive'))))
    .description(
      'have what is parked run again, one first: by the engine that has its job, or else here; what succeeded does not run again',
    )
    .argument('<group>', GROUP, parseGroup)
    .option('--all', 'all at once, without a canary')
    .option(
      '--per-minute <n>',
      'letters in any minute at most; of an engine that runs by itself',
      wholeNumber('--per-minute', { most: LIMITS.redrivesPerMinute }),
    )
    .option('--run <command>', 'the command to run in place of the one that failed')
    .option('--param <name=value>', 'a parameter, before that of the job; repeatable', pair, {})
    .option('--timeout <duration>', 'how long an attempt may take, such as 10m')
    .option('--body <text>', 'of a poisoned message: what goes back to its queue in place of its text')
    .option('--force', 'letters that came back too often as well, and in place of a redrive under way')
    .option('--stop', 'the redrive under way goes no further: what is left of it stays parked')
    .option('--reason <text>', 'why; the journal keeps it')
    .action(async (group: string, options: Redrive) => {
      if (options.stop) return stopRedrive(group, options);
      const request = redriveOf(options);
      const changed =
        options.api === undefined
          ? await redriveHere(group, request, options)
          : await askBy(createLetterClient, options, (client) => client.redrive(group, request));
      finish(options, changed, request.letters);
    });
}

/** @throws RepriseError INPUT_INVALID with an option that says how to redrive. */
async function stopRedrive(group: string, options: Redrive): Promise<void> {
  const { all, perMinute, run, param, timeout, body, force, letter, reason } = options;
  const others = { all, perMinute, run, timeout, body, force, letter };
  if (Object.values(others).some((value) => value !== undefined) || Object.keys(param).length > 0)
    throw invalid('--stop ends a redrive, and takes no option that says how to redrive');
  const stopped = await consultLetters(options, (desk) => desk.stopRedrive(group, present({ reason })));
  print(options, stopped, renderLetterGroup);
}

function registerResolve(dlq: Command): void {
  withSome(withConnection(withGoOnOptions(dlq.command('resolve'))))
    .description('say what becomes of what is parked, without running it; what it was holding up runs')
    .argument('<group>', GROUP, parseGroup)
    .addOption(
      new Option(
        '--how <how>',
        'skip: it counts as skipped; succeed: as succeeded; abort: its job is cancelled',
      )
        .choices(RESOLUTIONS)
        .makeOptionMandatory(),
    )
    .option('--output <name=value>', 'with --how succeed: what it hands on; repeatable', pair, {})
    .option('--reason <text>', 'why; the journal keeps it')
    .action(async (group: string, options: Resolve) => {
      const { how, output, reason } = options;
      const outputs = Object.keys(output).length > 0 ? output : undefined;
      const request = { how, ...someOf(options), ...present({ outputs, reason }) };
      parse(resolveLettersRequest, request);
      const changed =
        options.api === undefined
          ? await resolveHere(group, request, options)
          : await askBy(createLetterClient, options, (client) => client.resolve(group, request));
      print(options, changed, renderLetterGroup);
      process.exitCode = EXIT.done;
    });
}

function withSome(command: Command): Command {
  return command.option(
    '--letter <id>',
    'this letter only; repeatable; all that are open by default',
    (id: string, before: readonly string[] = []) => [...before, id],
  );
}

const someOf = ({ letter }: Some) => present({ letters: letter && [...letter] });

function redriveOf(options: Redrive): RedriveLettersRequest {
  const { all, perMinute, run, param, timeout, body, force, reason, api } = options;
  if (perMinute !== undefined && api === undefined) {
    throw invalid(
      '--per-minute holds for an engine that runs by itself: name it by --api, or leave the option out',
    );
  }
  const parameters = Object.keys(param).length > 0 ? param : undefined;
  const input = present({ run, parameters, timeout, body });
  const request: RedriveLettersRequest = {
    ...someOf(options),
    mode: all ? 'all' : 'canary',
    ...present({ per_minute: perMinute, force, reason }),
    ...(Object.keys(input).length > 0 ? { input } : {}),
  };
  parse(redriveLettersRequest, request);
  return request;
}

/** The status says whether what was redriven here has ended well; elsewhere it is on its way. */
function finish(options: Redrive, changed: ChangedLetters, named: readonly string[] | undefined): void {
  print(options, changed, renderLetterGroup);
  if (options.api !== undefined) return;
  const meant = changed.letters.filter(({ letter_id }) => named?.includes(letter_id) ?? true);
  const isDone = meant.every(({ status }) => status === 'resolved' || status === 'redriving');
  process.exitCode = isDone ? EXIT.done : EXIT.failed;
}

function pair(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  if (at > 0) return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
  throw invalid(`expected NAME=VALUE, not ${JSON.stringify(text)}`);
}

function parseGroup(text: string): string {
  if (idSchema.safeParse(text).success) return text;
  throw invalid(`a group is named as \`reprise dlq list\` shows it, not ${JSON.stringify(text)}`);
}
