import pc from 'picocolors';
import type { Clock } from '../core/model/time';

export type LogFields = Readonly<Record<string, string | number | undefined>>;

/** One line per occurrence: time, level, what happened, then `name=value` for people and for `grep`. */
export interface Log {
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
}

export interface LogOptions {
  readonly write: (line: string) => void;
  readonly clock: Clock;
  readonly color: boolean;
}

export function createLog({ write, clock, color }: LogOptions): Log {
  const { dim, yellow, red } = pc.createColors(color);
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      const pairs = Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${dim(`${name}=`)}${quoted(String(value))}`);
      write(`${[dim(new Date(clock()).toISOString()), level, message, ...pairs].join(' ')}\n`);
    };
  return { info: line('info '), warn: line(yellow('warn ')), error: line(red('error')) };
}

/** What others wrote, such as an error message, must not look like another line or field. */
function quoted(value: string): string {
  return /^[\w./:@%+,-]+$/.test(value) ? value : JSON.stringify(value);
}
