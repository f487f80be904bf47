import type { JobCancelRequested, JobEvent, NodeCompleted } from '../../core/job/events';
import { isOfRollback } from '../../core/job/rollback-state';
import type { Recorded } from '../../core/journal/envelope';
import type { Failure } from '../../core/model/failure';
import { many } from '../../core/model/many';
import type { Tally } from '../../core/projections/tally';
import { excerpt, summary } from './failure';
import { createUndoingProgress } from './progress-rollback';
import { type Colors, humanDuration, paint, SYMBOLS } from './style';

const MAX_ID_WIDTH = 40;

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly colors: Colors;
  /** In the order of the graph. */
  readonly nodeIds: readonly string[];
  /** Nodes that run after a cancellation too. */
  readonly cleanUpIds: readonly string[];
  readonly tally: Tally;
  /** Milliseconds since the epoch: what the times in front of the lines count from. */
  readonly startedAt: number;
  readonly logOf: (nodeId: string, attempt: number) => string;
}

/** One line for what a person wants to know as it happens. Takes events after the tally did. */
export function createProgress(options: ProgressOptions): (events: readonly Recorded<JobEvent>[]) => void {
  const { write, colors, nodeIds, tally, startedAt } = options;
  const width = Math.min(MAX_ID_WIDTH, Math.max(0, ...nodeIds.map((id) => id.length)));
  const failures = new Map<string, { failure: Failure; attempt: number }>();

  function line(event: Recorded, symbol: string, nodeId: string, text: string): string {
    const at = `${((event.at - startedAt) / 1_000).toFixed(1)}s`.padStart(7);
    const total = String(nodeIds.length + tally.items());
    const count = `${String(tally.finished()).padStart(total.length)}/${total}`;
    return `${colors.dim(`${at}  ${count}`)}  ${symbol} ${nodeId.padEnd(width)}  ${text}\n`;
  }

  const undoing = createUndoingProgress({ ...options, line });

  function render(recorded: Recorded<JobEvent>): string {
    const event = { type: recorded.type, data: recorded.data } as JobEvent;
    switch (event.type) {
      case 'attempt.started': {
        const { nodeId, attempt } = event.data;
        const which = attempt === 1 ? '' : `, attempt ${attempt}`;
        return line(recorded, colors.cyan(SYMBOLS.started), nodeId, colors.dim(`started${which}`));
      }
      case 'attempt.progressed': {
        const { nodeId, percentage, message } = event.data;
        const text = `${percentage} %${message === undefined ? '' : `  ${message}`}`;
        return line(recorded, colors.cyan(SYMBOLS.started), nodeId, colors.dim(text));
      }
      case 'attempt.failed':
        failures.set(event.data.nodeId, event.data);
        return '';
      case 'attempt.lost': {
        const text = colors.yellow(`attempt ${event.data.attempt} lost: ${event.data.reason}`);
        return line(recorded, colors.yellow(SYMBOLS.lost), event.data.nodeId, text);
      }
      case 'node.retryScheduled': {
        const { nodeId, attempt, delayMs, why, strategy = 'again' } = event.data;
        const cause = summary(failures.get(nodeId)?.failure);
        const text = `attempt ${attempt - 1} failed (${cause}), ${strategy} in ${humanDuration(delayMs)}`;
        return line(
          recorded,
          colors.yellow(SYMBOLS.retry),
          nodeId,
          `${colors.yellow(text)}  ${colors.dim(why)}`,
        );
      }
      case 'node.completed':
        return completed(recorded, event.data);
      case 'node.expanded': {
        const { nodeId, items } = event.data;
        return line(recorded, colors.cyan(SYMBOLS.started), nodeId, colors.dim(`${items.length} items`));
      }
      case 'job.cancelRequested':
        return `${colors.yellow(`cancelling: ${event.data.reason}${cleaningUp(options, event.data)}`)}\n`;
      case 'job.paused':
      case 'job.unpaused':
        return pausedLine(event, colors);
      default:
        return isOfRollback(event) ? undoing(recorded, event) : '';
    }
  }

  function completed(recorded: Recorded, { nodeId, outcome, attempts, reason, why }: NodeCompleted): string {
    const symbol = paint(colors, outcome, SYMBOLS[outcome]);
    const took = humanDuration(tally.nodes.get(nodeId)?.durationMs ?? 0);
    if (outcome === 'succeeded') {
      const again = attempts > 1 ? colors.yellow(`  on attempt ${attempts}`) : '';
      return line(recorded, symbol, nodeId, `${colors.green(took)}${again}`);
    }
    const failed = failures.get(nodeId);
    if (outcome !== 'failed' || !failed) {
      return line(recorded, symbol, nodeId, paint(colors, outcome, `${outcome}: ${reason ?? ''}`));
    }
    const tries = attempts === 1 ? '' : ` after ${attempts} attempts`;
    const head = line(recorded, symbol, nodeId, colors.red(`failed${tries}: ${summary(failed.failure)}`));
    const notAgain = why === undefined ? [] : [`not again: ${why}`];
    const notes = [...notAgain, `full logs: ${options.logOf(nodeId, failed.attempt)}`];
    return head + excerpt(colors, failed.failure.message, notes);
  }

  return (events) => {
    const text = events.map(render).join('');
    if (text !== '') write(text);
  };
}

function pausedLine(
  { type, data }: Extract<JobEvent, { type: 'job.paused' | 'job.unpaused' }>,
  colors: Colors,
): string {
  return `${colors.yellow(`${type === 'job.paused' ? 'paused' : 'goes on'}: ${data.reason}`)}\n`;
}

/** How much of a cancelled job still runs, and how to do without. */
function cleaningUp(
  { cleanUpIds, tally }: Pick<ProgressOptions, 'cleanUpIds' | 'tally'>,
  { force }: JobCancelRequested,
): string {
  const left = cleanUpIds.filter((id) => tally.nodes.get(id)?.outcome === undefined).length;
  if (left === 0 || force) return '';
  const nodes = many(left, 'clean-up node');
  return `; running ${nodes}, press Ctrl-C again to end ${left === 1 ? 'it' : 'them'}`;
}
