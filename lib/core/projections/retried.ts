import type { JobEvent } from '../job/events';
import type { Recorded } from '../journal/envelope';
import type { NodeAttempt } from '../model/attempt';
import type { FailureClass } from '../model/failure';
import type { Outcome } from '../model/outcome';
import type { RetryStrategy } from '../model/retry-policy';

/** What retries of a node came to. Times are milliseconds. */
export interface RetriedNode {
  readonly nodeId: string;
  /** Absent while it is not over. */
  outcome?: Outcome;
  /** Attempts that began, those that failed, and those that were lost with their workers. */
  attempts: number;
  failed: number;
  lost: number;
  /** Retries that were scheduled: a loss spends none. */
  retries: number;
  /** What retries waited before they could begin. */
  waitedMs: number;
  /** What attempts took that failed. */
  spentMs: number;
  readonly classes: Set<FailureClass>;
  readonly strategies: Set<RetryStrategy>;
  /** Why there was no attempt after the last. */
  whyNotAgain?: string;
}

/** Attempts whose failure was of a class, and those of them that the next attempt made good. */
export interface ClassTally {
  readonly class: FailureClass;
  failed: number;
  mended: number;
}

/** What retries of a job came to. */
export interface Retried {
  /** Nodes of which an attempt failed or was lost, in the order in which one did first. */
  readonly nodes: readonly RetriedNode[];
  readonly classes: readonly ClassTally[];
}

/** Counts what attempts came to, by node and by class. */
function createCounts() {
  const nodes = new Map<string, RetriedNode>();
  const classes = new Map<FailureClass, ClassTally>();
  /** The class of the failure that a node has to make good. */
  const open = new Map<string, FailureClass>();

  /** Attempts are numbered from 1, over all runs of a node. */
  function nodeOf({ nodeId, attempt }: NodeAttempt): RetriedNode {
    const node = nodes.get(nodeId) ?? {
      ...{ nodeId, attempts: attempt, failed: 0, lost: 0, retries: 0, waitedMs: 0, spentMs: 0 },
      ...{ classes: new Set<FailureClass>(), strategies: new Set<RetryStrategy>() },
    };
    nodes.set(nodeId, node);
    return node;
  }

  function failed(data: Extract<JobEvent, { type: 'attempt.failed' }>['data']): void {
    const { nodeId, durationMs, diagnosis } = data;
    // Who ended it from outside says nothing of it.
    if (data.failure.kind === 'cancelled') return;
    const node = nodeOf(data);
    const failure = diagnosis?.class ?? 'unknown';
    const tally = classes.get(failure) ?? { class: failure, failed: 0, mended: 0 };
    node.failed += 1;
    node.spentMs += durationMs;
    node.classes.add(failure);
    tally.failed += 1;
    classes.set(failure, tally);
    open.set(nodeId, failure);
  }

  function succeeded(nodeId: string): void {
    const failure = open.get(nodeId);
    const tally = failure && classes.get(failure);
    if (tally) tally.mended += 1;
    open.delete(nodeId);
  }

  return { nodes, classes, nodeOf, failed, succeeded };
}

/** Folds the events of one job, from its first on. Memory goes with what failed, not with the graph. */
export function createRetried() {
  const { nodes, classes, nodeOf, failed, succeeded } = createCounts();

  /** Nodes that run again have no outcome until they end anew. */
  function goesOn(isAnew: (nodeId: string) => boolean): void {
    for (const node of nodes.values()) {
      if (!isAnew(node.nodeId)) continue;
      delete node.outcome;
      delete node.whyNotAgain;
    }
  }

  return {
    apply({ type, data }: Recorded<JobEvent>): void {
      switch (type) {
        case 'attempt.started': {
          const node = nodes.get(data.nodeId);
          if (node) node.attempts = data.attempt;
          return;
        }
        case 'attempt.failed':
          failed(data);
          return;
        case 'attempt.lost':
          nodeOf(data).lost += 1;
          return;
        case 'attempt.succeeded':
          succeeded(data.nodeId);
          return;
        case 'node.retryScheduled': {
          const node = nodeOf(data);
          node.retries += 1;
          node.waitedMs += data.delayMs;
          node.strategies.add(data.strategy ?? 'again');
          return;
        }
        case 'node.completed': {
          const node = nodes.get(data.nodeId);
          if (node) Object.assign(node, { outcome: data.outcome, whyNotAgain: data.why });
          return;
        }
        case 'node.overruled': {
          const node = nodes.get(data.nodeId);
          if (node) node.outcome = data.outcome;
          return;
        }
        case 'job.resumed': {
          const again = new Set(data.nodes);
          goesOn((nodeId) => again.has(nodeId));
          return;
        }
        case 'job.replanned': {
          const kept = new Set(data.keeps);
          goesOn((nodeId) => !kept.has(nodeId));
          return;
        }
        default:
          return;
      }
    },
    result: (): Retried => ({ nodes: [...nodes.values()], classes: [...classes.values()] }),
  };
}
