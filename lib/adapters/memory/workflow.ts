import type { NodeAnswer } from '../../core/messages/effect';
import type { JobMessage } from '../../core/messages/job';
import type { JobOutcome } from '../../core/model/outcome';
import type { Workflow } from '../../core/ports/effects';

export interface MemoryWorkflow extends Workflow {
  /** What nodes were answered, by job and node; more than one outcome of a node is a fault. */
  readonly answers: ReadonlyMap<string, ReadonlySet<NodeAnswer['outcome']>>;
  /** How jobs ended, by job. */
  readonly outcomes: ReadonlyMap<string, ReadonlySet<JobOutcome>>;
}

/**
 * The machine that runs any graph: enters every node as soon as a job starts, each with a token of its own, and waits for
 * the outcome when all are answered.
 */
export function createMemoryWorkflow(deps: {
  readonly nodesOf: (graphHash: string) => readonly string[];
  readonly tell: (jobId: string, message: JobMessage, id: string) => void;
}): MemoryWorkflow {
  const open = new Map<string, Set<string>>();
  const answers = new Map<string, Set<NodeAnswer['outcome']>>();
  const outcomes = new Map<string, Set<JobOutcome>>();
  return {
    ...{ answers, outcomes },
    async start(jobId, graphHash) {
      if (open.has(jobId)) return;
      const nodes = deps.nodesOf(graphHash);
      open.set(jobId, new Set(nodes));
      for (const nodeId of nodes) {
        deps.tell(jobId, { type: 'nodeEntered', nodeId, token: `token-${nodeId}` }, `enter-${nodeId}`);
      }
    },
    async answerNode(jobId, { nodeId, outcome }) {
      const key = `${jobId}/${nodeId}`;
      answers.set(key, (answers.get(key) ?? new Set()).add(outcome));
      const waiting = open.get(jobId);
      if (waiting?.delete(nodeId) && waiting.size === 0) {
        deps.tell(jobId, { type: 'outcomeAwaited', token: 'outcome' }, 'outcome');
      }
    },
    async answerOutcome(jobId, _token, status) {
      outcomes.set(jobId, (outcomes.get(jobId) ?? new Set()).add(status));
    },
    // Nothing is open any more, and `start` finds that it was.
    stop: async (jobId) => void open.set(jobId, new Set()),
  };
}
