import { evaluateCondition, evaluateItems } from '../dag/check/condition';
import type { Graph, GraphNode } from '../dag/graph';
import { type GraphIndex, indexGraph } from '../dag/graph-index';
import type { Effect } from '../ports/effects';
import { isRepriseError, RepriseError } from '../errors';
import { jobDecider } from '../job/decider';
import { type JobContext, jobEffects, outstandingEffects } from '../job/effects';
import type { JobEvent, JobStatusIndex, JobSubmitted } from '../job/events';
import type { JobInput, JobMessage, Judgement } from '../messages/job';
import { nodeAt } from '../job/nodes';
import type { Parameters } from '../model/parameters';
import { conditionsDue, unsettled } from '../job/settle';
import { freezeJob, type JobState, type NodeState, thawJob } from '../job/state';
import type { Actor, Recorded } from '../journal/envelope';
import type { GraphStore, Random } from '../ports/stores';
import {
  createStreamEngine,
  type EngineDeps,
  type Envelope,
  type Live,
  type StreamSpec,
} from './stream-engine';
import { jobStream } from '../messages/address';

export interface JobEngineDeps extends EngineDeps {
  readonly graphs: GraphStore;
  readonly random: Random;
  /** Ranks of its own for graphs, where the runtime knows more than they say. Nodes must keep their order. */
  readonly indexGraph?: (graph: Graph, hash: string) => GraphIndex;
}

export interface MessageEnvelope<Message> {
  readonly id: string;
  readonly actor: Actor;
  readonly message: Message;
  readonly traceId?: string;
}

export interface JobView extends Live<JobState> {
  readonly index: GraphIndex;
}

export interface JobEngine {
  /**
   * Decides messages of one job in order.
   * @throws RepriseError JOB_NOT_FOUND when the job does not exist and no message submits it, unless all of them cancel it.
   */
  readonly handle: (
    jobId: string,
    messages: readonly MessageEnvelope<JobMessage>[],
  ) => Promise<readonly Recorded<JobEvent>[]>;
  /** @throws RepriseError JOB_NOT_FOUND */
  readonly view: (jobId: string) => Promise<JobView>;
  /** Effects of events already in the journal: what the outbox relay performs. */
  readonly effectsOf: (jobId: string, events: readonly Recorded<JobEvent>[]) => Promise<Effect[]>;
  /** What the job waits for from outside; for a runtime that takes it over. */
  readonly outstanding: (jobId: string) => Promise<Effect[]>;
  readonly forget: (jobId: string) => void;
}

type Spec = StreamSpec<JobState, JobInput, JobEvent>;

export function createJobEngine(deps: JobEngineDeps): JobEngine {
  const engine = createStreamEngine<JobState, JobInput, JobEvent>(deps);
  const indexes = new Map<string, GraphIndex>();
  const graphOf = new Map<string, string>();

  async function indexOf(graphHash: string): Promise<GraphIndex> {
    const known = indexes.get(graphHash);
    if (known) return known;
    const index = (deps.indexGraph ?? indexGraph)(await deps.graphs.get(graphHash), graphHash);
    indexes.set(graphHash, index);
    return index;
  }

  async function graphHashOf(
    jobId: string,
    messages: readonly MessageEnvelope<JobMessage>[],
  ): Promise<string> {
    const known = graphOf.get(jobId) ?? (await firstGraphHash(deps, jobId));
    const submit = messages.map(({ message }) => message).find((message) => message.type === 'submit');
    const hash = known ?? submit?.graphHash;
    if (hash === undefined) {
      throw new RepriseError('JOB_NOT_FOUND', `no job ${jobId} in this journal`, { context: { jobId } });
    }
    if (known) graphOf.set(jobId, known);
    return hash;
  }

  async function specOf(jobId: string, messages: readonly MessageEnvelope<JobMessage>[] = []) {
    const index = await indexOf(await graphHashOf(jobId, messages));
    return { index, spec: jobSpec(jobId, index, deps.random) };
  }

  function contextOf(jobId: string, index: GraphIndex, live: Live<JobState>): JobContext {
    return { jobId, index, state: live.state, traceId: live.traceId ?? '' };
  }

  return {
    async handle(jobId, messages) {
      try {
        const { spec } = await specOf(jobId, messages);
        const events = await engine.handle(
          spec,
          messages.map((message) => enrich(message, deps)),
        );
        const [first] = events;
        if (first?.type === 'job.submitted') graphOf.set(jobId, (first.data as JobSubmitted).graphHash);
        return events;
      } catch (error) {
        // A trigger can cancel a job before the job is submitted; the job is then never created.
        const isCancelled = messages.every(({ message }) => message.type === 'cancel');
        if (isCancelled && isRepriseError(error, 'JOB_NOT_FOUND')) return [];
        throw error;
      }
    },
    async view(jobId) {
      const { spec, index } = await specOf(jobId);
      return { ...(await engine.load(spec)), index };
    },
    async effectsOf(jobId, events) {
      const { spec, index } = await specOf(jobId);
      const live = await engine.load(spec);
      return events.flatMap((event) => jobEffects(contextOf(jobId, index, live), event));
    },
    async outstanding(jobId) {
      const { spec, index } = await specOf(jobId);
      return outstandingEffects(contextOf(jobId, index, await engine.load(spec)));
    },
    forget: (jobId) => engine.forget(jobStream(jobId)),
  };
}

function jobSpec(jobId: string, index: GraphIndex, random: Random): Spec {
  return {
    stream: jobStream(jobId),
    decider: jobDecider(index),
    followUp: async (state, at) => {
      if (!unsettled(state)) return undefined;
      return { type: 'settle', conditions: await evaluateDue(index, state), at, random: random() };
    },
    effects: (state, recorded, traceId) => jobEffects({ jobId, index, state, traceId }, recorded),
    freeze: freezeJob,
    thaw: thawJob,
    index: statusIndex,
  };
}

function enrich(envelope: MessageEnvelope<JobMessage>, deps: JobEngineDeps): Envelope<JobInput> {
  const { id, actor, message, traceId } = envelope;
  const input = { ...message, at: deps.clock(), random: deps.random() };
  return { id, actor, input, traceId: traceId ?? id };
}

async function evaluateDue(index: GraphIndex, state: JobState): Promise<Map<string, Judgement>> {
  const conditions = new Map<string, Judgement>();
  for (const i of conditionsDue(index, state)) {
    const spec = index.graph.nodes[i];
    if (spec) conditions.set(spec.id, await judgementOf(spec, upstream(index, state, i)));
  }
  return conditions;
}

/** The items of a fan-out are asked for only where its `when` holds. */
async function judgementOf({ when, forEach }: GraphNode, input: Upstream): Promise<Judgement> {
  const condition = when === undefined ? { holds: true } : await evaluateCondition(when, input);
  if ('error' in condition || !condition.holds || forEach === undefined) return condition;
  return evaluateItems(forEach, input);
}

interface Upstream {
  readonly results: Readonly<Record<string, unknown>>;
  readonly parameters: Parameters;
}

/** What `when` sees: every node upstream, near and far, by id, and what the job was told. */
function upstream(index: GraphIndex, state: JobState, i: number): Upstream {
  const results: Record<string, unknown> = Object.create(null);
  const seen = new Set<number>();
  const stack = [...(index.needs[i] ?? [])];
  for (let n = stack.pop(); n !== undefined; n = stack.pop()) {
    if (seen.has(n)) continue;
    seen.add(n);
    stack.push(...(index.needs[n] ?? []));
    const { id, node } = nodeAt(index, state, n);
    results[id] = { ...resultOf(node), ...(node.fanOut ? { items: itemResults(state, node) } : {}) };
  }
  return { results, parameters: state.submitted?.parameters ?? {} };
}

function resultOf(node: NodeState): object {
  return { status: node.outcome, attempts: node.attempt, outputs: node.outputs ?? {} };
}

function itemResults(state: JobState, { fanOut }: NodeState): object[] {
  const { first, total } = fanOut ?? { first: 0, total: 0 };
  return state.nodes
    .slice(first, first + total)
    .map((node) => ({ item: node.item?.value, ...resultOf(node) }));
}

function statusIndex(state: JobState): JobStatusIndex | undefined {
  if (!state.submitted) return undefined;
  const { owner, name } = state.submitted;
  const priority = state.priority ?? state.submitted.priority;
  return { owner, name, priority, status: state.status, submittedAt: state.submittedAt ?? 0 };
}

async function firstGraphHash(deps: JobEngineDeps, jobId: string): Promise<string | undefined> {
  for await (const event of deps.journal.read(jobStream(jobId), 1)) {
    return (event as Recorded<JobEvent> & { data: { graphHash: string } }).data.graphHash;
  }
  return undefined;
}
