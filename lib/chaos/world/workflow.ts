import type { Graph } from '../../core/dag/graph';
import { jobAt } from '../../core/messages/address';
import type { JobMessage } from '../../core/messages/job';
import type { Workflow } from '../../core/ports/effects';
import type { Ground } from './ground';
import type { Message } from './queues';

interface Execution {
  readonly graph: Graph;
  /** Nodes with a token that waits. */
  readonly waiting: Set<string>;
  readonly entered: Set<string>;
  readonly answered: Set<string>;
  isOver: boolean;
  hasAsked: boolean;
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

  function tell(jobId: string, message: JobMessage, what: string): void {
    const id = `workflow ${jobId} ${what}`;
    const origin = { id, actor: { kind: 'workflow', id: 'step-functions' } } as const;
    time.setTimer(() => send({ delivery: { to: jobAt(jobId), message }, origin }), 2 + 30 * faults.lot(id));
  }

  function walk(jobId: string, execution: Execution): void {
    const { graph, entered, answered, waiting } = execution;
    for (const { id, needs } of graph.nodes) {
      if (entered.has(id) || !needs.every((need) => answered.has(need))) continue;
      entered.add(id);
      waiting.add(id);
      tell(jobId, { type: 'nodeEntered', nodeId: id, token: `token ${jobId} ${id}` }, `enters ${id}`);
    }
    if (answered.size < graph.nodes.length || execution.hasAsked) return;
    execution.hasAsked = true;
    tell(jobId, { type: 'outcomeAwaited', token: `outcome ${jobId}` }, 'awaits the outcome');
  }

  return {
    async start(jobId, graphHash) {
      if (executions.has(jobId)) return;
      const graph = graphOf(graphHash);
      const isRunner = faults.lot(`runner ${jobId}`) < 0.4;
      const blank = { waiting: new Set<string>(), entered: new Set<string>(), answered: new Set<string>() };
      const execution: Execution = { graph, ...blank, isOver: false, hasAsked: isRunner };
      executions.set(jobId, execution);
      if (isRunner) tell(jobId, { type: 'allEntered', token: `outcome ${jobId}` }, 'enters all');
      else walk(jobId, execution);
    },
    async answerNode(jobId, answer) {
      watch.answered(jobId, answer);
      const execution = executions.get(jobId);
      if (!execution || execution.isOver) return;
      // A token answers for its node alone; without one, nobody waits.
      if (answer.token === undefined || !execution.waiting.delete(answer.nodeId)) return;
      execution.answered.add(answer.nodeId);
      walk(jobId, execution);
    },
    async answerOutcome(jobId, _token, status) {
      const execution = executions.get(jobId);
      if (!execution || execution.isOver) return;
      execution.isOver = true;
      watch.workflowEnded(jobId, status);
    },
    async stop(jobId) {
      const blank = { waiting: new Set<string>(), entered: new Set<string>(), answered: new Set<string>() };
      const graph = { name: 'stopped', nodes: [], onFailure: 'continue' } as const;
      const execution = executions.get(jobId) ?? { graph, ...blank, isOver: true, hasAsked: true };
      execution.isOver = true;
      executions.set(jobId, execution);
    },
  };
}
