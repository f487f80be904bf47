import pc from 'picocolors';
import type { Outcome } from '../../core/model/outcome';

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for a stream: where a person reads it, or where `FORCE_COLOR` asks; `NO_COLOR` wins. */
export function colorsFor(stream: { readonly isTTY?: boolean }): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return pc.createColors(false);
  if (FORCE_COLOR !== undefined) return pc.createColors(FORCE_COLOR !== '0');
  return pc.createColors(stream.isTTY === true && TERM !== 'dumb');
}

export const SYMBOLS: Readonly<Record<Outcome | 'started' | 'retry' | 'lost' | 'undone' | 'parked', string>> =
  {
    succeeded: '✔',
    failed: '✖',
    skipped: '○',
    cancelled: '◌',
    started: '▸',
    retry: '↻',
    lost: '↻',
    undone: '↶',
    parked: '✖',
  };

export function paint(colors: Colors, outcome: Outcome, text: string): string {
  const tint = { succeeded: 'green', failed: 'red', skipped: 'dim', cancelled: 'yellow' } as const;
  return colors[tint[outcome]](text);
}

/** `840 ms`, `4.2 s`, `3 min 05 s`, `2 h 07 min`. */
export function humanDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const two = (n: number) => String(n).padStart(2, '0');
  return hours > 0 ? `${hours} h ${two(minutes)} min` : `${minutes} min ${two(seconds % 60)} s`;
}
