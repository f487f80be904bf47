import type { EffectivenessView, FlakesView, QuarantineView } from '../../contract/history';
import { type Colors, colorsFor, humanDuration } from './style';

type Flake = FlakesView['flakes'][number];
type Row = EffectivenessView['effectiveness'][number];

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const range = ({ low, high }: { low: number; high: number }): string => `${percent(low)} to ${percent(high)}`;

/** What is proposed comes first, with the command that quarantines it. */
export function renderFlakes(flakes: readonly Flake[]): string {
  if (flakes.length === 0) return 'no flakes\n';
  const colors = colorsFor(process.stdout);
  return flakes
    .map((flake) => {
      const { id, of, verdict, name, failures, attempts, rate } = flake;
      const share = `fails in ${percent(rate)} of attempts (${range(flake)}; ${failures} of ${attempts})`;
      return [
        `${id}  ${of}  ${verdict.padEnd(7)}  ${colors.bold(name)}`,
        `  ${share}, last in job ${flake.last_failed_in}`,
        ...noteOf(flake, colors),
        '',
      ].join('\n');
    })
    .join('');
}

function noteOf({ id, proposed, quarantine }: Flake, colors: Colors): string[] {
  if (quarantine) return [`  ${stateOf(quarantine)}`];
  if (!proposed) return [];
  const command = `reprise quarantine add ${id} --owner WHO --reason WHY --expires 14d`;
  return [colors.yellow(`  proposed for quarantine: ${command}`)];
}

export function renderQuarantines(quarantines: readonly QuarantineView[]): string {
  if (quarantines.length === 0) return 'no quarantines\n';
  return quarantines.map((each) => `${each.id}  ${each.of}  ${each.name}\n  ${stateOf(each)}\n`).join('');
}

function stateOf({ owner, reason, expires_at, expired }: QuarantineView): string {
  const until = expired ? `expired on ${expires_at}: its failures count` : `quarantined until ${expires_at}`;
  return `${until}; ${owner}: ${reason}`;
}

/** By signature: what was tried, how often it helped, what it took, and what follows. */
export function renderEffectiveness(rows: readonly Row[]): string {
  if (rows.length === 0) return 'nothing was retried that has a class\n';
  const colors = colorsFor(process.stdout);
  return rows
    .map((row, i) => {
      const head = row.signature === rows[i - 1]?.signature ? '' : `${colors.bold(row.signature)}\n`;
      const took = `waited ${humanDuration(row.waited_seconds * 1_000)}, ran ${humanDuration(row.spent_seconds * 1_000)}`;
      const cost = row.cost_usd === undefined ? '' : `, ${row.cost_usd.toFixed(2)} USD`;
      return (
        `${head}  ${row.class}  ${row.strategy}: resolved ${row.resolved} of ${row.attempts} ` +
        `(${range(row)}), ${took}${cost}\n    ${row.recommendation}\n`
      );
    })
    .join('');
}

const COLUMNS = [
  'signature',
  'class',
  'strategy',
  'attempts',
  'resolved',
  'share',
  'low',
  'high',
  'waited_seconds',
  'spent_seconds',
  'slot_seconds',
  'cost_usd',
  'recommendation',
] as const satisfies readonly (keyof Row)[];

/** RFC 4180, with a header. */
export function effectivenessCsv(rows: readonly Row[]): string {
  const cell = (value: string | number | undefined): string => {
    const text = value === undefined ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(','));
  return [COLUMNS.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}
