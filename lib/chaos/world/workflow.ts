import type { Graph } from '../../core/dag/graph';
import { jobAt } from '../../core/messages/address';
import type { JobMessage } from '../../core/messages/job';
import type { Workflow } from '../../core/ports/effects';
import type { Ground } from './ground';
import type { Message } from './queues';

/** One run of the workflow of a job. */
interface Execution {
  readonly jobId: string;
  readonly name: string;
  readonly graph: Graph;
  readonly entered: Set<string>;
  readonly answered: Set<string>;
  isOver: boolean;
}

export interface WorkflowDeps {
  readonly ground: Ground;
  readonly graphOf: (hash: string) => Graph;
  readonly send: (message: Message) => void;
}

/**
 * Executions of state machines. Some walk the graph and enter a node once all that it needs is answered; others enter all of
 * it with one message, as the graph runner does. Answers that nobody waits for change nothing.
 */
export function createWorkflow({ ground, graphOf, send }: WorkflowDeps): Workflow {
  const { time, faults, watch } = ground;
  const executions = new Map<string, Execution>();
  /** By the token that waits. */
  const waiting = new Map<string, { readonly execution: Execution; readonly nodeId?: string }>();

  function tell({ jobId, name }: Execution, message: JobMessage, what: string): void {
    const id = `workflow ${name} ${what}`;
    const origin = { id, actor: { kind: 'workflow', id: 'step-functions' } } as const;
    time.setTimer(() => send({ delivery: { to: jobAt(jobId), message }, origin }), 2 + 30 * faults.lot(id));
  }

  function walk(execution: Execution): void {
    const { name, graph, entered, answered } = execution;
    for (const { id, needs } of graph.nodes) {
      if (entered.has(id) || !needs.every((need) => answered.has(need))) continue;
      entered.add(id);
      const token = `token ${name} ${id}`;
      waiting.set(token, { execution, nodeId: id });
      tell(execution, { type: 'nodeEntered', nodeId: id, token }, `enters ${id}`);
    }
    if (answered.size < graph.nodes.length || waiting.has(`outcome ${name}`)) return;
    const token = `outcome ${name}`;
    waiting.set(token, { execution });
    tell(execution, { type: 'outcomeAwaited', token }, 'awaits the outcome');
  }

  return {
    async start(jobId, graphHash, run) {
      const name = `${jobId} ${run}`;
      if (executions.has(name)) return;
      const execution: Execution = { jobId, name, graph: graphOf(graphHash), ...blank(), isOver: false };
      executions.set(name, execution);
      if (faults.lot(`runner ${jobId}`) >= 0.4) {
        walk(execution);
        return;
      }
      const token = `outcome ${name}`;
      waiting.set(token, { execution });
      tell(execution, { type: 'allEntered', token }, 'enters all');
    },
    async answerNode(jobId, answer) {
      watch.answered(jobId, answer);
      // A token answers for its node alone; without one, nobody waits.
      const { execution, nodeId } = waiting.get(answer.token ?? '') ?? {};
      if (!execution || nodeId !== answer.nodeId || execution.isOver) return;
      waiting.delete(answer.token as string);
      execution.answered.add(answer.nodeId);
      walk(execution);
    },
    async answerOutcome(jobId, token, status) {
      const { execution } = waiting.get(token) ?? {};
      if (!execution || execution.isOver) return;
      execution.isOver = true;
      watch.workflowEnded(jobId, status);
    },
    async stop(jobId, _reason, run) {
      const name = `${jobId} ${run}`;
      const graph = { name: 'stopped', nodes: [], onFailure: 'continue' } as const;
      const execution = executions.get(name) ?? { jobId, name, graph, ...blank(), isOver: true };
      execution.isOver = true;
      executions.set(name, execution);
    },
  };
}

const blank = () => ({ entered: new Set<string>(), answered: new Set<string>() });
