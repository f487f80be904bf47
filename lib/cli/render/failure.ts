import type { Failure } from '../../core/model/failure';
import type { Colors } from './style';

/** Lines of a failed command's output that are shown at once; the log has them all. */
const OUTPUT_LINES = 12;

/** How an attempt failed, in a few words: executors say it in the first line, output follows. */
export function summary(failure: Failure | undefined): string {
  const [first = ''] = failure?.message.split('\n', 1) ?? [];
  return first.trim() || (failure?.kind ?? 'unknown');
}

/** The last lines of the output, which stand below the first line of a failure's message. */
export function excerpt(colors: Colors, output: string, notes: readonly string[]): string {
  const lines = output.trimEnd().split('\n').slice(1).slice(-OUTPUT_LINES);
  const indent = `${' '.repeat(7)}  ${colors.red('│')} `;
  return [...lines, ...notes.map(colors.dim)].map((text) => `${indent}${text}\n`).join('');
}
