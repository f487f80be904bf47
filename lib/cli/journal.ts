import type { Command } from 'commander';
import { type ExportVerdict, verifyExport } from '../adapters/embedded/disk/export-check';
import { jobNotFound, verifyJob } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { RepriseError } from '../core/errors';
import type { Recorded } from '../core/journal/envelope';
import { jobAt, streamOf } from '../core/messages/address';
import { EXIT, JOURNAL_OPTION, layoutAt, parseJobId } from './options';
import { colorsFor } from './render/style';

/** `reprise journal ...`: what happened to a job, and whether the record of it can be trusted. */
export function registerJournal(program: Command): void {
  const journal = program.command('journal').description('read and verify the journals of jobs');
  journal
    .command('verify')
    .description('verify a journal, or an export of one, against its hash chain and its head')
    .argument('[job]', 'the id of the job', parseJobId)
    .option('--json', 'print the verdict as one JSON document')
    .option('--file <export>', 'verify this export instead, offline')
    .option('--key <sha256>', 'the fingerprint that the signer of the export must have')
    .option(...JOURNAL_OPTION)
    .action(verify);
  journal
    .command('show')
    .description('list the events of a job')
    .argument('<job>', 'the id of the job', parseJobId)
    .option(...JOURNAL_OPTION)
    .action(show);
}

interface VerifyOptions {
  readonly json?: boolean;
  readonly file?: string;
  readonly key?: string;
  readonly journal: string;
}

async function verify(jobId: string | undefined, options: VerifyOptions): Promise<void> {
  const { file, key, journal, json } = options;
  if ((jobId === undefined) === (file === undefined)) {
    throw new RepriseError('INPUT_INVALID', 'name a job, or an export by --file');
  }
  const verdict: ExportVerdict =
    jobId === undefined ? await verifyExport(file as string, key) : await verifyJob(layoutAt(journal), jobId);
  process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : describe(jobId ?? (file as string), verdict));
  process.exitCode = verdict.valid ? EXIT.done : EXIT.failed;
}

async function show(jobId: string, options: { journal: string }): Promise<void> {
  const layout = layoutAt(options.journal);
  const store = createFileJournalStore(layout);
  let shown = 0;
  for await (const event of store.read(streamOf(jobAt(jobId)))) {
    process.stdout.write(format(event));
    shown += 1;
  }
  if (shown === 0) throw jobNotFound(layout, jobId);
}

/** `   12  2025-01-01T12:00:00.000Z  attempt.failed  api  {"attempt":1,...}` */
function format({ seq, at, type, data }: Recorded): string {
  const colors = colorsFor(process.stdout);
  const { nodeId = '', ...rest } = data as { nodeId?: string };
  const detail = Object.keys(rest).length === 0 ? '' : `  ${colors.dim(JSON.stringify(rest))}`;
  const time = colors.dim(new Date(at).toISOString());
  return `${String(seq).padStart(5)}  ${time}  ${type.padEnd(23)} ${nodeId}${detail}\n`;
}

function describe(name: string, verdict: ExportVerdict): string {
  const colors = colorsFor(process.stdout);
  if (!verdict.valid)
    return `${colors.red('not valid')}: ${name} at event ${verdict.at}: ${verdict.reason}\n`;
  const by = verdict.signedBy === undefined ? '' : `signed by the key ${verdict.signedBy}\n`;
  return `${colors.green('valid')}: ${verdict.events} events of ${name}, none changed or missing\n${by}`;
}
