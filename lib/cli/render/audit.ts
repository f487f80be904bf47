import type { AuditEntry } from '../../core/audit/list';
import type { AuditReport } from '../../core/audit/report';
import { many } from '../../core/model/many';
import type { Colors } from './style';

/** `2026-11-29T20:51:56.000Z  ana  accepted 202  POST /jobs  job/j1  ...` */
export function auditLine(entry: AuditEntry, colors: Colors): string {
  const {
    at,
    principal,
    source,
    outcome,
    status,
    action,
    resource = '',
    owner,
    reason,
    times,
    unwritten,
  } = entry;
  const tint = { accepted: colors.green, refused: colors.red, failed: colors.yellow }[outcome];
  const details = [
    owner !== undefined && owner !== principal ? `of ${owner}` : '',
    reason ?? '',
    times === undefined ? '' : many(times, 'time'),
    unwritten === undefined ? '' : `refusals before it that were counted only: ${unwritten}`,
  ].filter(Boolean);
  const who = `${principal || 'nobody known'}${source ? ` (${source})` : ''}`;
  const cells = [
    colors.dim(timeOf(at)),
    who.padEnd(24),
    tint(`${outcome} ${status}`.padEnd(12)),
    action,
    resource,
  ];
  return `${[...cells, colors.dim(details.join('; '))].join('  ').trimEnd()}\n`;
}

const COLUMNS = [
  ...[
    'at',
    'principal',
    'source',
    'scope',
    'action',
    'resource',
    'owner',
    'outcome',
    'status',
    'code',
    'reason',
  ],
  ...['correlationId', 'times', 'unwritten', 'requestId', 'traceId', 'stream', 'seq'],
] as const;

export const auditCsvHeader = (): string => `${COLUMNS.join(',')}\n`;

export function auditCsvRow(entry: AuditEntry): string {
  const cells: Readonly<Record<string, unknown>> = { ...entry, at: timeOf(entry.at) };
  return `${COLUMNS.map((column) => cellOf(String(cells[column] ?? ''))).join(',')}\n`;
}

/** What a spreadsheet would take for a formula is made a text. */
function cellOf(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** The report in short, for a terminal. */
export function auditReportText(
  { outcomes, unwritten, entries, verified, job }: AuditReport,
  colors: Colors,
): string {
  const { accepted, refused, failed } = outcomes;
  const counts = `${many(entries.length, 'record')}: ${accepted} accepted, ${refused} refused, ${failed} failed`;
  const more = unwritten === 0 ? '' : `, ${many(unwritten, 'refusal')} counted only`;
  const lines = verified.map(({ stream, events, fault, anchored }) => {
    if (fault !== undefined) return `  ${colors.red('not valid')}  ${stream}: ${fault}`;
    const by = anchored
      ? `anchored up to event ${anchored.seq} by anchor ${anchored.anchor}`
      : 'not anchored yet';
    return `  ${colors.green('valid')}  ${stream}: ${many(events, 'event')}, ${by}`;
  });
  const steps = job ? [`${many(job.steps.length, 'decision')} about the job in its journal`] : [];
  return `${[`${counts}${more}`, ...steps, ...lines].join('\n')}\n`;
}

const timeOf = (ms: number): string => new Date(ms).toISOString();
