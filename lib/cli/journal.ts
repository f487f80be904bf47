import type { Command } from 'commander';
import { type ExportVerdict, verifyExport } from '../adapters/embedded/disk/export-check';
import { jobNotFound, verifyJob, verifyStream } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { CLEANUP_KIND } from '../core/cleanup/audit';
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
    .option(
      '--cleanup <month>',
      'verify what the journal says that cleanups removed, such as in 2026-11',
      parseMonth,
    )
    .option('--key <sha256>', 'the fingerprint that the signer of the export must have')
    .option(...JOURNAL_OPTION)
    .action(verify);
  journal
    .command('show')
    .description('list the events of a job, or what cleanups removed')
    .argument('[job]', 'the id of the job', parseJobId)
    .option('--cleanup <month>', 'what cleanups removed in a month instead, such as 2026-11', parseMonth)
    .option(...JOURNAL_OPTION)
    .action(show);
}

interface VerifyOptions {
  readonly json?: boolean;
  readonly file?: string;
  readonly key?: string;
  readonly cleanup?: string;
  readonly journal: string;
}

async function verify(jobId: string | undefined, options: VerifyOptions): Promise<void> {
  const { file, key, journal, json, cleanup } = options;
  const [name, ...others] = [jobId, file, cleanup].filter((each) => each !== undefined);
  if (name === undefined || others.length > 0) {
    throw new RepriseError('INPUT_INVALID', 'name a job, or an export by --file, or a month by --cleanup');
  }
  const layout = layoutAt(journal);
  const verdict: ExportVerdict =
    file !== undefined
      ? await verifyExport(file, key)
      : cleanup !== undefined
        ? await verifyStream(layout, cleanup)
        : await verifyJob(layout, name);
  process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : describe(name, verdict));
  process.exitCode = verdict.valid ? EXIT.done : EXIT.failed;
}

async function show(
  jobId: string | undefined,
  { journal, cleanup }: { readonly journal: string; readonly cleanup?: string },
): Promise<void> {
  const stream = jobId === undefined ? cleanup : streamOf(jobAt(jobId));
  if (stream === undefined || (jobId !== undefined && cleanup !== undefined)) {
    throw new RepriseError('INPUT_INVALID', 'name a job, or a month by --cleanup');
  }
  const layout = layoutAt(journal);
  const store = createFileJournalStore(layout);
  let shown = 0;
  for await (const event of store.read(stream)) {
    process.stdout.write(format(event));
    shown += 1;
  }
  if (shown === 0 && jobId !== undefined) throw jobNotFound(layout, jobId);
}

/** The stream of the cleanups of a month. */
function parseMonth(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return `${CLEANUP_KIND}/${text}`;
  throw new RepriseError(
    'INPUT_INVALID',
    `--cleanup is a month such as 2026-11, not ${JSON.stringify(text)}`,
  );
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
