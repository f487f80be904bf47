import type { Going } from '../../core/cleanup/events';
import type { Cleaned } from '../../core/cleanup/perform';
import { type Colors, colorsFor } from './style';

/** What people read of a cleanup: a line for everything that went or would go, and what needs a look. */
export function renderCleanup(cleaned: Cleaned & { readonly dryRun: boolean }): string {
  const { removed, stayed, foreign, dryRun } = cleaned;
  const colors = colorsFor(process.stdout);
  return [
    ...table(removed, colors),
    ...stayed.map(({ kind, id, reason, failed }) =>
      colors[failed ? 'red' : 'dim'](`not removed: ${nameOf(kind)} ${id}: ${reason}`),
    ),
    ...foreign.map((place) => colors.yellow(`left alone: nobody knows whose ${place} is`)),
    summary(cleaned, dryRun),
    '',
  ].join('\n');
}

function table(removed: readonly Going[], colors: Colors): string[] {
  const rows = removed.map(({ kind, id, bytes, why }) => [nameOf(kind), id, humanBytes(bytes), why] as const);
  const width = (column: 0 | 1 | 2) => Math.max(0, ...rows.map((row) => row[column].length));
  const [kinds, ids, sizes] = [width(0), Math.min(width(1), 48), width(2)];
  return rows.map(
    ([kind, id, size, why]) =>
      `${kind.padEnd(kinds)}  ${id.padEnd(ids)}  ${size.padStart(sizes)}  ${colors.dim(why)}`,
  );
}

function summary({ removed, bytes, failed, complete, kept }: Cleaned, dryRun: boolean): string {
  const freed = bytes > 0 ? `, ${humanBytes(bytes)}` : '';
  const went = `${things(removed.length)} ${dryRun ? 'would be removed' : 'removed'}${freed}`;
  const rest = [
    `${things(kept.length)} kept`,
    ...(failed > 0 ? [`${things(failed)} could not be removed`] : []),
  ];
  return `${[went, ...rest].join('; ')}${complete ? '' : '; not everything was looked at: run it again'}`;
}

const things = (count: number): string => `${count} ${count === 1 ? 'thing' : 'things'}`;

/** `halfRemoved` as `half removed`. */
const nameOf = (kind: string): string => kind.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function humanBytes(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  const units = ['B', 'KiB', 'MiB', 'GiB'] as const;
  let [size, unit] = [bytes, 0];
  while (size >= 1_024 && unit < units.length - 1) [size, unit] = [size / 1_024, unit + 1];
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}
