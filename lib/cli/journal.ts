import type { Command } from 'commander';
import type { ExportVerdict } from '../adapters/embedded/disk/export-check';
import { CLEANUP_KIND } from '../core/cleanup/audit';
import { RepriseError } from '../core/errors';
import { many } from '../core/model/many';
import { withJournals } from './connect';
import { EXIT } from './exit';
import { parseKey, registerAnchoring, verifyAll } from './journal-anchor';
import { type ExportOptions, exportJournal, exportOptions } from './journal-export';
import {
  type DiffOptions,
  diffJournal,
  parsePoint,
  type ReplayOptions,
  replayJournal,
} from './journal-replay';
import { namedStream, STREAM_ARGUMENT, type StreamOptions } from './journal-stream';
import { print, printList } from './print';
import { eventLine } from './render/journal';
import { colorsFor } from './render/style';

/** `reprise journal ...`: what happened to a stream, how it stood at any time, and whether the record of it can be trusted. */
export function registerJournal(program: Command): void {
  const journal = program
    .command('journal')
    .description('read, verify, export and replay the journals of jobs, triggers, dependencies and letters');
  const of = (usage: string, what: string, verb: string) =>
    withJournals(journal.command(usage).description(what))
      .argument(...STREAM_ARGUMENT)
      .option('--file <export>', `${verb} this export instead, offline`)
      .option('--key <key>', KEY_HELP, parseKey);
  const andCleanup = (command: Command, what: string) =>
    command.option('--cleanup <month>', `${what} in a month instead, such as 2026-11`, parseMonth);

  andCleanup(
    of(
      'verify',
      'verify a journal, or an export of one, against its hash chain, its head and anchors',
      'verify',
    ),
    'verify what the journal says that cleanups removed',
  )
    .option('--all', 'verify every journal of the directory, and that none is gone')
    .option('--anchors <path>', 'against these anchors, a file or a directory (default: those of --journal)')
    .option('--json', 'print the verdict as one JSON document')
    .action(verify);
  andCleanup(of('show', 'list the events of a stream, as they were written', 'list'), 'what cleanups removed')
    .option('--json', 'print one JSON document')
    .action(show);
  exportOptions(
    of('export', 'write a stream with a signed head, for others to verify offline', 'write'),
  ).action((name: string | undefined, options: ExportOptions) => exportJournal(name, options));
  of('replay', 'say how a stream stood at a point of its past', 'replay')
    .option(
      '--at <point>',
      'the sequence of an event, or a time such as 2026-11-29T18:00:00.000Z',
      parsePoint('--at'),
    )
    .option('--json', 'print one JSON document')
    .action((name: string | undefined, options: ReplayOptions) => replayJournal(name, options));
  of('diff', 'say what changed in a stream between two points', 'compare')
    .requiredOption('--from <point>', 'the earlier one: a sequence or a time', parsePoint('--from'))
    .option('--to <point>', 'the later one; the end, where it is not given', parsePoint('--to'))
    .option('--json', 'print one JSON document')
    .action((name: string | undefined, options: DiffOptions) => diffJournal(name, options));
  registerAnchoring(journal);
}

const KEY_HELP =
  'a fingerprint (SHA-256), or a file with a public key in PEM, that the signer must have; may be given again';

type Options = StreamOptions & { readonly json?: boolean; readonly all?: boolean };

async function verify(argument: string | undefined, options: Options): Promise<void> {
  if (options.all) {
    if (argument === undefined && options.file === undefined && options.cleanup === undefined)
      return verifyAll(options);
    throw new RepriseError('INPUT_INVALID', '--all verifies every journal: name no other beside it');
  }
  const { name, verify } = await namedStream(argument, options);
  const verdict = await verify();
  print(options, verdict, () => describe(name, verdict));
  process.exitCode = verdict.valid ? EXIT.done : EXIT.failed;
}

async function show(argument: string | undefined, options: Options): Promise<void> {
  const { stream, journal } = await namedStream(argument, options);
  const colors = colorsFor(process.stdout);
  if (!options.json) {
    for await (const event of journal.written(stream)) process.stdout.write(eventLine(event, colors));
    return;
  }
  await printList({ stream }, 'events', journal.written(stream));
}

/** The stream of the cleanups of a month. */
function parseMonth(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return `${CLEANUP_KIND}/${text}`;
  throw new RepriseError(
    'INPUT_INVALID',
    `--cleanup is a month such as 2026-11, not ${JSON.stringify(text)}`,
  );
}

function describe(name: string, verdict: ExportVerdict): string {
  const colors = colorsFor(process.stdout);
  if (!verdict.valid)
    return `${colors.red('not valid')}: ${name} at event ${verdict.at}: ${verdict.reason}\n`;
  const by = verdict.signedBy === undefined ? '' : `signed by the key ${verdict.signedBy}\n`;
  const { anchored } = verdict;
  const at =
    anchored === undefined
      ? ''
      : `anchored up to event ${anchored.seq} by anchor ${anchored.anchor} of ${new Date(anchored.at).toISOString()}, signed by the key ${anchored.signedBy}\n`;
  return `${colors.green('valid')}: ${many(verdict.events, 'event')} of ${name}, none changed or missing\n${by}${at}`;
}
