import type { RollbackEvent } from '../../core/job/events';
import type { Recorded } from '../../core/journal/envelope';
import type { Failure } from '../../core/model/failure';
import { excerpt, summary } from './failure';
import { type Colors, humanDuration, SYMBOLS } from './style';

export interface UndoingProgressOptions {
  readonly colors: Colors;
  readonly logOf: (nodeId: string, attempt: number) => string;
  readonly line: (event: Recorded, symbol: string, nodeId: string, text: string) => string;
}

/** What a person wants to know of a rollback as it happens, a line each. */
export function createUndoingProgress({ colors, logOf, line }: UndoingProgressOptions) {
  const failures = new Map<string, { failure: Failure; attempt: number }>();

  function parked(recorded: Recorded, { nodeId, why }: { nodeId: string; why: string }): string {
    const failed = failures.get(nodeId);
    const cause = failed ? summary(failed.failure) : why;
    const head = line(recorded, colors.red(SYMBOLS.parked), nodeId, colors.red(`not undone: ${cause}`));
    if (!failed) return head;
    const notes = [`not again: ${why}`, `full logs: ${logOf(nodeId, failed.attempt)}`];
    return head + excerpt(colors, failed.failure.message, notes);
  }

  function put(recorded: Recorded, symbol: string, text: string): string {
    const { nodeId } = recorded.data as { nodeId: string };
    return line(recorded, colors.yellow(symbol), nodeId, text);
  }

  return (recorded: Recorded, event: RollbackEvent): string => {
    switch (event.type) {
      case 'rollback.started': {
        const { reason, nodes } = event.data;
        const what = nodes.length === 1 ? '1 node' : `${nodes.length} nodes`;
        return `${colors.yellow(`rolling back ${what}: ${reason}`)}\n`;
      }
      case 'rollback.stepSucceeded':
        return line(recorded, colors.green(SYMBOLS.undone), event.data.nodeId, colors.green('undone'));
      case 'rollback.stepFailed':
        failures.set(event.data.nodeId, event.data);
        return '';
      case 'rollback.stepScheduled': {
        const { nodeId, delayMs, why } = event.data;
        const cause = summary(failures.get(nodeId)?.failure);
        const text = colors.yellow(`could not be undone (${cause}), again in ${humanDuration(delayMs)}`);
        return put(recorded, SYMBOLS.retry, `${text}  ${colors.dim(why)}`);
      }
      case 'rollback.stepLost': {
        const text = `attempt ${event.data.attempt} to undo it lost: ${event.data.reason}`;
        return put(recorded, SYMBOLS.lost, colors.yellow(text));
      }
      case 'rollback.stepGivenUp':
        return parked(recorded, event.data);
      default:
        return '';
    }
  };
}
