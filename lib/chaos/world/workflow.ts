import type { Graph } from '../../core/dag/graph';
import { jobAt } from '../../core/messages/address';
import type { JobMessage } from '../../core/messages/job';
import type { Workflow } from '../../core/ports/effects';
import type { ExecutionSighting, ExecutionSightings } from '../../core/ports/sightings';
import type { Ground } from './ground';
import type { Message } from './queues';

/** One run of the workflow of a job. */
interface Execution {
  readonly jobId: string;
  readonly name: string;
  readonly run: number;
  /** Milliseconds of virtual time. */
  readonly startedAt: number;
  readonly graph: Graph;
  readonly entered: Set<string>;
  readonly answered: Set<string>;
  /** How it stands, once it does not run any more. */
  end?: Exclude<ExecutionSighting, { status: 'running' | 'unstarted' }>;
}

/** Workflows as the engine reaches them, and as whoever looks at them from outside sees them. */
export interface SimulatedWorkflow extends Workflow {
  readonly sightings: ExecutionSightings;
}

/** How long a run goes on at most before it ends by itself, where it does; milliseconds. */
const ENDS_WITHIN_MS = 180_000;
/** The share of such ends that nobody hears of. */
const UNHEARD = 0.4;

export interface WorkflowDeps {
  readonly ground: Ground;
  readonly graphOf: (hash: string) => Graph;
  readonly send: (message: Message) => void;
}

/**
 * Executions of state machines. Some walk the graph and enter a node once all that it needs is answered; others enter all of
 * it with one message, as the graph runner does. Answers that nobody waits for change nothing.
 */
export function createWorkflow({ ground, graphOf, send }: WorkflowDeps): SimulatedWorkflow {
  const { time, faults, watch } = ground;
  const executions = new Map<string, Execution>();
  const walks = createWalks(ground, send);
  const isLost = (call: string) => faults.strikes('lostCall', call);
  const noted = (of: Pick<Execution, 'jobId' | 'name' | 'run' | 'graph'>): Execution => {
    const blank = { entered: new Set<string>(), answered: new Set<string>() };
    const execution = { ...of, ...blank, startedAt: time.now() };
    executions.set(of.name, execution);
    return execution;
  };

  return {
    async start(jobId, graphHash, run) {
      const name = `${jobId} ${run}`;
      if (executions.has(name) || isLost(`start ${name}`)) return;
      const execution = noted({ jobId, name, run, graph: graphOf(graphHash) });
      mayEnd(ground, walks, execution);
      if (faults.lot(`runner ${jobId}`) < 0.4) walks.awaitOutcome(execution, 'allEntered');
      else walks.walk(execution);
    },
    async answerNode(jobId, answer) {
      watch.answered(jobId, answer);
      // A token answers for its node alone; without one, nobody waits.
      const { token = '', nodeId } = answer;
      const waiting = walks.waiting.get(token);
      if (waiting?.nodeId !== nodeId || waiting.execution.end || isLost(`answer ${token}`)) return;
      walks.waiting.delete(token);
      waiting.execution.answered.add(nodeId);
      walks.walk(waiting.execution);
    },
    async answerOutcome(jobId, token, status) {
      const { execution } = walks.waiting.get(token) ?? {};
      if (!execution || execution.end || isLost(`answer ${token}`)) return;
      execution.end = { status: 'ended', ending: 'succeeded', reason: status };
      watch.workflowEnded(jobId, status);
    },
    async stop(jobId, _reason, run) {
      const name = `${jobId} ${run}`;
      if (isLost(`stop ${name}`)) return;
      const graph = { name: 'stopped', nodes: [], onFailure: 'continue' } as const;
      const execution = executions.get(name) ?? noted({ jobId, name, run, graph });
      execution.end ??= { status: 'stopped' };
    },
    sightings: sightingsOf(executions),
  };
}

/** How executions go from node to node, and what they tell their jobs. */
interface Walks {
  /** By the token that waits. */
  readonly waiting: Map<string, { readonly execution: Execution; readonly nodeId?: string }>;
  readonly walk: (execution: Execution) => void;
  readonly awaitOutcome: (execution: Execution, type: 'allEntered' | 'outcomeAwaited') => void;
  readonly tell: (execution: Execution, message: JobMessage, what: string) => void;
}

function createWalks({ time, faults }: Ground, send: WorkflowDeps['send']): Walks {
  const waiting: Walks['waiting'] = new Map();
  const tell: Walks['tell'] = ({ jobId, name }, message, what) => {
    const id = `workflow ${name} ${what}`;
    const origin = { id, actor: { kind: 'workflow', id: 'step-functions' } } as const;
    time.setTimer(() => send({ delivery: { to: jobAt(jobId), message }, origin }), 2 + 30 * faults.lot(id));
  };
  const awaitOutcome: Walks['awaitOutcome'] = (execution, type) => {
    const token = `outcome ${execution.name}`;
    if (waiting.has(token)) return;
    waiting.set(token, { execution });
    tell(execution, { type, token }, type === 'allEntered' ? 'enters all' : 'awaits the outcome');
  };
  return {
    ...{ waiting, tell, awaitOutcome },
    walk(execution) {
      const { name, graph, entered, answered } = execution;
      for (const { id, needs } of graph.nodes) {
        if (entered.has(id) || !needs.every((need) => answered.has(need))) continue;
        entered.add(id);
        const token = `token ${name} ${id}`;
        waiting.set(token, { execution, nodeId: id });
        tell(execution, { type: 'nodeEntered', nodeId: id, token }, `enters ${id}`);
      }
      if (answered.size >= graph.nodes.length) awaitOutcome(execution, 'outcomeAwaited');
    },
  };
}

/** An execution may end by itself: the service is restarted, or somebody stops it at the console. */
function mayEnd({ time, faults, say }: Ground, { tell }: Walks, execution: Execution): void {
  const { name, run } = execution;
  if (!faults.strikes('workflowEnd', name)) return;
  const lot = (what: string) => faults.lot(`${what} of the end of ${name}`);
  const isRestart = lot('how') < 0.5;
  const reason = isRestart ? 'States.ServiceRestart' : 'stopped by hand';
  const status = isRestart ? 'failed' : 'aborted';
  const end = () => {
    if (execution.end) return;
    say('workflow', () => `${name} ends: ${reason}`);
    execution.end = { status: 'ended', ending: status, reason };
    if (lot('word') >= UNHEARD) tell(execution, { type: 'workflowEnded', status, reason, run }, 'ends');
  };
  time.setTimer(end, ENDS_WITHIN_MS * lot('time') ** 2);
}

function sightingsOf(executions: ReadonlyMap<string, Execution>): ExecutionSightings {
  return {
    async of(jobId, run) {
      const found = executions.get(`${jobId} ${run}`);
      if (!found) return { status: 'unstarted' };
      return found.end ?? { status: 'running', id: found.name };
    },
    async *running(_turn, live) {
      const open = [...executions.values()].filter(({ jobId, end }) => !end && !live.has(jobId));
      yield open.map(({ name, jobId, startedAt }) => ({ id: name, jobId, startedAt }));
    },
    async stop(id, reason) {
      const found = executions.get(id);
      if (found) found.end ??= { status: 'ended', ending: 'aborted', reason };
    },
  };
}
