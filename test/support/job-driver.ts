import type { Graph, GraphNode } from '../../lib/core/dag/graph';
import { type GraphIndex, indexGraph } from '../../lib/core/dag/graph-index';
import { graphHash } from '../../lib/core/dag/hash';
import { followed, jobDecider } from '../../lib/core/job/decider';
import type { JobEvent } from '../../lib/core/job/events';
import type { Assessment } from '../../lib/core/job/input';
import { jobNodes, nodeAt, nodeById } from '../../lib/core/job/nodes';
import type { Change } from '../../lib/core/job/resume-plan';
import { conditionsDue, unsettled } from '../../lib/core/job/settle';
import { type JobState, outcomeOf } from '../../lib/core/job/state';
import type { JobMessage, Submission } from '../../lib/core/messages/job';
import type { Judgement } from '../../lib/core/model/judgement';
import type { TestSummary } from '../../lib/core/model/test-results';

/** A node with everything the case does not care about filled in. */
export function node(id: string, rest: Partial<GraphNode> = {}): GraphNode {
  return {
    id,
    work: { kind: 'command', run: `run ${id}` },
    needs: [],
    labels: [],
    slots: 1,
    trigger: 'all_success',
    timeoutMs: 60_000,
    retry: {
      strategy: 'exponential',
      initialDelayMs: 100,
      maxDelayMs: 10_000,
      maxAttempts: 1,
      jitter: 'none',
    },
    ...rest,
  };
}

export function graph(nodes: readonly GraphNode[], rest: Partial<Graph> = {}): Graph {
  return { name: 'test', onFailure: 'continue', nodes, ...rest };
}

export function retrying(maxAttempts: number): Pick<GraphNode, 'retry'> {
  return { retry: { ...node('x').retry, maxAttempts } };
}

/** Runs the job decider in memory, settling after each message as the engine does. Conditions come from a table. */
export class JobDriver {
  private readonly first: GraphIndex;
  private readonly others = new Map<string, GraphIndex>();
  readonly state: JobState;
  readonly events: { event: JobEvent; at: number }[] = [];
  now = 1_000;

  constructor(
    readonly graph: Graph,
    private readonly conditions: (nodeId: string) => Judgement = () => ({ holds: true }),
    private readonly random: () => number = () => 0.5,
    /** Hears of every row of `phases.ts` that is taken. */
    private readonly onRow: (row: string) => void = () => undefined,
  ) {
    this.first = indexGraph(graph, 'hash');
    this.state = this.decider.initial();
  }

  /** Of the graph that the job follows now. */
  get index(): GraphIndex {
    return followed(this.first, (hash) => this.known(hash), this.state);
  }

  get decider() {
    return jobDecider(this.first, (hash) => this.known(hash));
  }

  private known(hash: string): GraphIndex {
    const index = this.others.get(hash);
    if (!index) throw new Error(`nobody has told the driver of the graph ${hash}`);
    return index;
  }

  /** The message that resumes the job over another graph, with what the shell adds. */
  resumeOver(
    next: Graph,
    {
      from,
      changedInputs = [],
    }: { readonly from?: string[]; readonly changedInputs?: readonly string[] } = {},
  ): Extract<JobMessage, { type: 'resume' }> & { readonly graphHash: string; readonly change: Change } {
    const hash = graphHash(next);
    const index = this.others.get(hash) ?? indexGraph(next, hash);
    this.others.set(hash, index);
    const change = { index, changedInputs: new Set(changedInputs) };
    return { type: 'resume', reason: 'mended', graphHash: hash, change, ...(from && { from }) };
  }

  /** Decides one message and everything that follows from it; returns the new events. */
  send(message: JobMessage & Assessment): JobEvent[] {
    const before = this.events.length;
    const { decider } = this;
    const fold = (events: JobEvent[]) => {
      for (const event of events) {
        this.events.push({ event, at: this.now });
        this.onRow(`${this.whereaboutsOf(event)} ${event.type}`);
        decider.evolve(this.state, event, this.now);
      }
      return events.length;
    };
    fold(decider.decide(this.state, { ...message, at: this.now, random: this.random() }));
    for (let rounds = 0; unsettled(this.state); rounds++) {
      const { nodes } = this.state;
      if (rounds > nodes.length + 2) throw new Error('the decider does not settle');
      const due = conditionsDue(this.index, this.state).map((i) => nodeAt(this.index, this.state, i).id);
      const conditions = new Map(due.map((id) => [id, this.conditions(id)]));
      if (
        fold(
          decider.decide(this.state, { type: 'settle', conditions, at: this.now, random: this.random() }),
        ) === 0
      )
        break;
    }
    return this.events.slice(before).map(({ event }) => event);
  }

  submit(more: Partial<Pick<Submission, 'deadlineAt' | 'trace'>> = {}): this {
    const submission = { graphHash: 'hash', owner: 'ana', priority: 'normal', pool: 'default' } as const;
    this.send({ type: 'submit', ...submission, ...more });
    this.send({ type: 'admit' });
    return this;
  }

  enterAll(): this {
    for (const { id } of this.index.graph.nodes) this.send({ type: 'nodeEntered', nodeId: id });
    return this;
  }

  /** The phase of the node of an event, or of its step, or the status of the job. */
  private whereaboutsOf({ type, data }: JobEvent): string {
    if (!('nodeId' in data)) return this.state.status;
    return type.startsWith('rollback.') ? this.step(data.nodeId).phase : this.node(data.nodeId).phase;
  }

  step(id: string) {
    const found = nodeById(this.index, this.state, id);
    const step = found && this.state.rollback?.steps.get(found.i);
    if (!step) throw new Error(`no step undoes ${id}`);
    return step;
  }

  node(id: string) {
    const found = nodeById(this.index, this.state, id)?.node;
    if (!found) throw new Error(`no node ${id}`);
    return found;
  }

  start(nodeId: string): JobEvent[] {
    return this.send({ type: 'attemptStarted', nodeId, attempt: this.node(nodeId).attempt, workerId: 'w1' });
  }

  succeed(nodeId: string, outputs: Record<string, never> | Record<string, string> = {}): JobEvent[] {
    const { attempt } = this.node(nodeId);
    return this.send({ type: 'attemptSucceeded', nodeId, attempt, durationMs: 5, outputs });
  }

  /** @param more what its reports say, of a node that has any, and what the shell adds. */
  fail(
    nodeId: string,
    kind: 'exit' | 'timeout' | 'cancelled' = 'exit',
    more: Assessment & { readonly tests?: TestSummary } = {},
  ): JobEvent[] {
    const { attempt } = this.node(nodeId);
    return this.send({
      type: 'attemptFailed',
      nodeId,
      attempt,
      durationMs: 5,
      failure: { kind, message: `${kind}!` },
      ...more,
    });
  }

  ready(): string[] {
    return jobNodes(this.index, this.state)
      .filter(({ node }) => node.phase === 'ready')
      .map(({ id }) => id);
  }

  outcomes(): Record<string, string | undefined> {
    return Object.fromEntries(this.index.graph.nodes.map(({ id }) => [id, outcomeOf(this.node(id))]));
  }
}
