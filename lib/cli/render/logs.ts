import type { AttemptRef } from '../../core/model/attempt';
import type { LogStream } from '../../core/ports/logs';
import type { Colors } from './style';

/** A line that the command of an attempt wrote. */
export interface LogLine extends AttemptRef {
  readonly stream: LogStream;
  readonly line: string;
}

interface Printing {
  /** Whether all lines are of one node: then they are printed as they are. */
  readonly isOne: boolean;
  readonly json: boolean;
  readonly colors: Colors;
}

const TINTS = ['cyan', 'magenta', 'blue', 'green', 'yellow'] as const;

/** Prints lines of logs: JSON Lines, or with the node in front where there are several, each in a colour of its own. */
export function logPrinter({ isOne, json, colors }: Printing): (line: LogLine) => string {
  const tints = new Map<string, (text: string) => string>();
  let width = 0;
  return ({ nodeId, attempt, stream, line }) => {
    if (json) return `${JSON.stringify({ node: nodeId, attempt, stream, line })}\n`;
    if (isOne) return `${line}\n`;
    const name = attempt === 1 ? nodeId : `${nodeId}#${attempt}`;
    width = Math.max(width, name.length);
    const tint = tints.get(nodeId) ?? colors[TINTS[tints.size % TINTS.length]!];
    tints.set(nodeId, tint);
    return `${tint(`${name.padEnd(width)} |`)} ${line}\n`;
  };
}
