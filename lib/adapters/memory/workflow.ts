import type { NodeAnswer } from '../../core/messages/effect';
import type { JobMessage } from '../../core/messages/job';
import type { JobOutcome } from '../../core/model/outcome';
import type { Workflow } from '../../core/ports/effects';

export interface MemoryWorkflow extends Workflow {
  /** What nodes were answered, by job, run and node; more than one outcome of a node is a fault. */
  readonly answers: ReadonlyMap<string, ReadonlySet<NodeAnswer['outcome']>>;
  /** How jobs ended, by job and run. */
  readonly outcomes: ReadonlyMap<string, ReadonlySet<JobOutcome>>;
  /** Nodes that executions wait for, and their outcomes, by execution: what is left when nobody is to answer any more. */
  readonly waiting: () => ReadonlyMap<string, readonly string[]>;
  /**
   * Enters every node of an execution once more, each with another token, as Step Functions does where a person has it
   * redriven. Does nothing for a run that never was.
   */
  readonly redrive: (jobId: string, run: number) => void;
}

/** A walk through all nodes: what it waits for, by task token. */
interface Execution {
  readonly name: string;
  /** Its run, which it shares with what was redriven of it. */
  readonly run: string;
  readonly jobId: string;
  readonly nodes: readonly string[];
  readonly open: Map<string, string>;
}

const OUTCOME = '#outcome';
/** The key of a run among answers and outcomes: the first one goes by the name of its job. */
const nameOf = (jobId: string, run: number) => (run === 1 ? jobId : `${jobId}#${run}`);

/**
 * The machine that runs any graph: enters every node as soon as a run starts, each with a token of its own, and waits for
 * the outcome when all are answered. Runs of one job may be under way at the same time.
 */
export function createMemoryWorkflow(deps: {
  readonly nodesOf: (graphHash: string) => readonly string[];
  readonly tell: (jobId: string, message: JobMessage, id: string) => void;
}): MemoryWorkflow {
  const executions = new Map<string, Execution>();
  const byToken = new Map<string, Execution>();
  const answers = new Map<string, Set<NodeAnswer['outcome']>>();
  const outcomes = new Map<string, Set<JobOutcome>>();

  function begin(execution: Execution): void {
    const { name, jobId, nodes, open } = execution;
    executions.set(name, execution);
    for (const nodeId of nodes) {
      const token = `token-${name}-${nodeId}`;
      open.set(token, nodeId);
      byToken.set(token, execution);
      deps.tell(jobId, { type: 'nodeEntered', nodeId, token }, `enter-${name}-${nodeId}`);
    }
    if (nodes.length === 0) awaitOutcome(execution);
  }

  function awaitOutcome(execution: Execution): void {
    const { name, jobId, open } = execution;
    const token = `outcome-${name}`;
    open.set(token, OUTCOME);
    byToken.set(token, execution);
    deps.tell(jobId, { type: 'outcomeAwaited', token }, `outcome-${name}`);
  }

  /** @returns the execution that waited under the token, where one still did. */
  function closed(token: string | undefined): Execution | undefined {
    const execution = token === undefined ? undefined : byToken.get(token);
    return token !== undefined && execution?.open.delete(token) ? execution : undefined;
  }

  return {
    ...{ answers, outcomes },
    waiting: () =>
      new Map(
        [...executions].flatMap(([name, { open }]) =>
          open.size > 0 ? [[name, [...open.values()]] as const] : [],
        ),
      ),
    redrive(jobId, run) {
      const { nodes } = executions.get(nameOf(jobId, run)) ?? {};
      if (!nodes) return;
      for (let again = 1; ; again++) {
        const name = `${nameOf(jobId, run)}+${again}`;
        if (!executions.has(name))
          return begin({ name, run: nameOf(jobId, run), jobId, nodes, open: new Map() });
      }
    },
    async start(jobId, graphHash, run) {
      const name = nameOf(jobId, run);
      if (!executions.has(name))
        begin({ name, run: name, jobId, nodes: deps.nodesOf(graphHash), open: new Map() });
    },
    async answerNode(jobId, { nodeId, outcome, token }) {
      const execution = token === undefined ? undefined : byToken.get(token);
      const key = `${execution?.name ?? jobId}/${nodeId}`;
      answers.set(key, (answers.get(key) ?? new Set()).add(outcome));
      const waiting = closed(token);
      if (waiting?.open.size === 0) awaitOutcome(waiting);
    },
    async answerOutcome(jobId, token, status) {
      const name = byToken.get(token)?.name ?? jobId;
      closed(token);
      outcomes.set(name, (outcomes.get(name) ?? new Set()).add(status));
    },
    // Nothing is open any more, and `start` finds that it was.
    async stop(jobId, _reason, run) {
      const name = nameOf(jobId, run);
      const { nodes = [] } = executions.get(name) ?? {};
      for (const [token, execution] of byToken) {
        if (execution.run !== name) continue;
        execution.open.clear();
        byToken.delete(token);
      }
      executions.set(name, { name, run: name, jobId, nodes, open: new Map() });
    },
  };
}
