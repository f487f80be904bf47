import { type Command, Option } from 'commander';
import { archivedDay, withArchivedDays } from '../adapters/embedded/cleanup/archived-days';
import { readAnchors } from '../adapters/embedded/disk/anchors';
import { exists } from '../adapters/embedded/disk/durable';
import { entriesOf } from '../adapters/embedded/disk/entries';
import { lastPoint, verifyExport } from '../adapters/embedded/disk/export-check';
import { verifyStream } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { PRIVATE_FILE } from '../adapters/embedded/disk/privacy';
import { createAuditClient } from '../adapters/http/audit-client';
import { auditRecordBody } from '../api/views/audit';
import { AUDIT_OUTCOMES, type AuditOutcome } from '../core/audit/events';
import { type AuditEntry, type AuditFilter, auditEntries } from '../core/audit/list';
import { type AuditScope, auditReport, type VerifiedStream } from '../core/audit/report';
import { auditStreams, dayOf, nextDay } from '../core/audit/streams';
import type { Recorded } from '../core/journal/envelope';
import { jobAt, streamOf } from '../core/messages/address';
import { collected } from '../core/model/collected';
import { present } from '../core/model/present';
import { askBy, type ConnectOptions, withJournals } from './connect';
import { EXIT } from './exit';
import { writeText } from './files';
import { invalid } from './invalid';
import { layoutAt, parseJobId } from './options';
import { printDocument } from './print';
import { auditCsvHeader, auditCsvRow, auditLine, auditReportText } from './render/audit';
import { auditHtml } from './render/audit-html';
import { colorsFor } from './render/style';

interface Filters {
  readonly job?: string;
  readonly from?: number;
  readonly to?: number;
}
type ListOptions = ConnectOptions &
  Filters & {
    readonly principal?: string;
    readonly action?: string;
    readonly outcome?: AuditOutcome;
    readonly json?: boolean;
    readonly csv?: boolean;
  };
type ReportOptions = ConnectOptions & Filters & { readonly html?: string; readonly json?: boolean };

const DAY_MS = 24 * 3_600_000;

/** `reprise audit ...`: who asked for what, and what came of it. */
export function registerAudit(program: Command): void {
  const audit = program
    .command('audit')
    .description('list and report who asked for what, and what came of it');
  const of = (usage: string, what: string) =>
    withJournals(audit.command(usage).description(what))
      .option('--job <id>', 'what was asked of this job', parseJobId)
      .option('--from <time>', 'from this day or time on (UTC), such as 2026-11-29', parseTime('--from'))
      .option(
        '--to <time>',
        'up to this time and not including it; up to the end of a day',
        parseTime('--to', true),
      );
  of('list', 'list the records, the oldest first; of today where it is not said')
    .option('--principal <who>', 'what they asked for')
    .option('--action <text>', 'a part of the route or the command, such as cancel')
    .addOption(new Option('--outcome <word>', 'what came of it').choices(AUDIT_OUTCOMES))
    .option('--json', 'print one JSON document')
    .addOption(new Option('--csv', 'print a table with a row for each record').conflicts('json'))
    .action(list);
  of('report', 'a report of a job or of a time, with whether the journals can be trusted')
    .option('--html <file>', 'write a page to read and to print')
    .option('--json', 'print one JSON document')
    .action(report);
}

async function list(options: ListOptions): Promise<void> {
  const { principal, action, outcome, job } = options;
  const filter = { ...present({ principal, action, outcome, job }), ...(await spanOf(options)) };
  const entries = await entriesFor(options, filter);
  if (options.json) {
    const records = entries.map(auditRecordBody);
    printDocument({ records });
    return;
  }
  const colors = colorsFor(process.stdout);
  if (options.csv) process.stdout.write(auditCsvHeader());
  for (const entry of entries)
    process.stdout.write(options.csv ? auditCsvRow(entry) : auditLine(entry, colors));
}

async function report(options: ReportOptions): Promise<void> {
  const { job, html } = options;
  if (job === undefined && options.from === undefined)
    throw invalid('name what the report is about: --job ID, or --from and --to');
  const scope = { ...present({ job }), ...(await spanOf(options)) };
  const entries = await entriesFor(options, scope);
  const layout = layoutAt(options.journal);
  const isLocal = options.api === undefined;
  const events = job !== undefined && isLocal ? await eventsOf(layout, job) : undefined;
  const verified = isLocal ? await verifyFor(layout, scope) : [];
  const made = auditReport(scope, entries, verified, events);
  if (html !== undefined) await writeText(html, auditHtml(made, Date.now()), PRIVATE_FILE);
  const colors = colorsFor(process.stdout);
  if (options.json) printDocument({ ...made, entries: entries.map(auditRecordBody) });
  else process.stdout.write(auditReportText(made, colors));
  process.exitCode = verified.every(({ fault }) => fault === undefined) ? EXIT.done : EXIT.failed;
}

/** What a person asks about: of a job from its first day on, else from today. */
async function spanOf({ job, from, to = Date.now() + 1, ...options }: ConnectOptions & Filters) {
  if (from !== undefined) return { from, to };
  const [first] =
    job === undefined || options.api !== undefined ? [] : await entriesOf(layoutAt(options.journal).audit);
  const today = Date.now() - (Date.now() % DAY_MS);
  const known = first === undefined ? Number.NaN : Date.parse(first);
  // Of a deployed engine as long as it keeps a job, at most.
  const floor = job !== undefined && options.api !== undefined ? today - 30 * DAY_MS : today;
  return { from: Number.isNaN(known) ? floor : Math.min(known, today), to };
}

async function entriesFor(options: ConnectOptions, filter: AuditFilter): Promise<readonly AuditEntry[]> {
  const all: AuditEntry[] = [];
  const take = async (entries: AsyncIterable<AuditEntry>) => {
    for await (const entry of entries) all.push(entry);
  };
  if (options.api !== undefined)
    await askBy(createAuditClient, options, (client) => take(client.entries(filter)));
  else {
    const layout = layoutAt(options.journal);
    if (!exists(layout.root)) throw invalid(`no directory ${layout.root}: name it by --journal`);
    await take(
      auditEntries({ journal: withArchivedDays(createFileJournalStore(layout), layout), shards: 1 }, filter),
    );
  }
  return all;
}

async function eventsOf(layout: Layout, job: string): Promise<Recorded[] | undefined> {
  const stream = streamOf(jobAt(job));
  if (!exists(layout.stream(stream).journal)) return undefined;
  return collected(createFileJournalStore(layout).read(stream));
}

/** The journal of the job, and those of the days, against the anchors of the directory. */
async function verifyFor(layout: Layout, { job, from, to }: AuditScope): Promise<VerifiedStream[]> {
  const anchors = exists(layout.anchors) ? await readAnchors(layout.anchors) : undefined;
  const streams = job === undefined ? [] : [streamOf(jobAt(job))];
  for (let day = dayOf(from); day <= dayOf(to); day = nextDay(day)) streams.push(...auditStreams(day, 1));
  const verified: VerifiedStream[] = [];
  for (const stream of streams) {
    const archive = archivedDay(layout, stream);
    if (archive === undefined && !exists(layout.stream(stream).journal)) continue;
    const points = anchors?.points(stream) ?? [];
    const verdict =
      archive === undefined
        ? await verifyStream(layout, stream, points)
        : await verifyExport(archive, present({ anchors }));
    const last = lastPoint(points);
    const anchored = last && { seq: last.seq, anchor: last.anchor, at: last.at };
    verified.push({
      ...{ stream, events: verdict.valid ? verdict.events : 0, ...present({ anchored }) },
      ...(verdict.valid ? {} : { fault: `event ${verdict.at}: ${verdict.reason}` }),
    });
  }
  return verified;
}

/** A day is its beginning, or as an end its end. */
function parseTime(option: string, isEnd = false): (text: string) => number {
  return (text) => {
    const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
    const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
    const at = isDay || isTime ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(at)) return isDay && isEnd ? at + DAY_MS : at;
    throw invalid(
      `${option} is a day such as 2026-11-29 or a time such as 2026-11-29T18:00:00Z, not ${JSON.stringify(text)}`,
    );
  };
}
