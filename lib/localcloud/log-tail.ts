import { readFileSync } from 'node:fs';

/** The last lines of a log; nothing when there is none. */
export function tail(file: string, lines: number): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}
