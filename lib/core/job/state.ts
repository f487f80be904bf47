import type { Priority } from '../dag/graph';
import type { GraphIndex } from '../dag/graph-index';
import type { DependencyResult } from '../dag/trigger-rule';
import type { JobOutcome, JobSubmitted, Outcome, Outputs } from './events';
import type { Failure } from '../model/failure';

/**
 * waiting: not yet judged. expanded: its items run. ready: offered to the pool. running: a worker has it.
 * backoff: waits for the next attempt. final: its outcome stands.
 */
export type NodePhase = 'waiting' | 'expanded' | 'ready' | 'running' | 'backoff' | 'final';

export interface NodeState {
  phase: NodePhase;
  entered: boolean;
  /** Dependencies that are not final yet. */
  waiting: number;
  /** Number of the latest attempt; 0 before the first. */
  attempt: number;
  /** Failed attempts since the job was submitted or resumed: what the retry budget counts. */
  failures: number;
  /** The attempt that `failures` counted last. */
  failedAttempt?: number;
  /** Attempts lost with their worker; bounded apart from the budget. */
  losses: number;
  /** Attempts given up whose executor may still report. */
  lost?: number[];
  /** The items of a `forEach`: indexes `first` to `first + total - 1` of the state's nodes; `open` are not final. */
  fanOut?: { readonly first: number; readonly total: number; open: number };
  /** Set on the node of an item. */
  readonly item?: {
    readonly parent: number;
    readonly index: number;
    readonly total: number;
    readonly value: unknown;
  };
  token?: string;
  outcome?: Outcome;
  reason?: string;
  failedUpstream?: true;
  workerId?: string;
  cancelRequested?: true;
  readyAt?: number;
  startedAt?: number;
  finishedAt?: number;
  dueAt?: number;
  outputs?: Outputs;
  failure?: Failure;
  percentage?: number;
}

export type JobStatus = 'new' | 'submitted' | 'running' | JobOutcome;

export interface JobState {
  status: JobStatus;
  submitted?: JobSubmitted;
  submittedAt?: number;
  startedAt?: number;
  finishedAt?: number;
  cancelReason?: string;
  /** The cancellation came from the job's deadline. */
  deadlinePassed?: true;
  paused?: true;
  /** Priority now; as submitted unless it was changed. */
  priority?: Priority;
  /** Task token of the workflow that waits to end as the job ends. */
  outcomeToken?: string;
  /** The node whose failure ended a `fail-fast` job. */
  failedFastBy?: string;
  /** By index of the graph; the items of fan-outs stand behind. */
  nodes: NodeState[];
  /** Indexes of items by node id. */
  items: Map<string, number>;
  /** Nodes that are not final. */
  remaining: number;
  /** Indexes of nodes about which something can be decided now, in the order in which that came to be. */
  agenda: Set<number>;
}

export function initialJob(index: GraphIndex): JobState {
  return {
    status: 'new',
    nodes: index.graph.nodes.map((_, i) => ({
      phase: 'waiting',
      entered: false,
      waiting: index.needs[i]?.length ?? 0,
      attempt: 0,
      failures: 0,
      losses: 0,
    })),
    items: new Map(),
    remaining: index.graph.nodes.length,
    agenda: new Set(),
  };
}

/** A snapshot as plain JSON: a cache of the fold, never a source. */
export function freezeJob(state: JobState): unknown {
  return { ...state, items: [...state.items], agenda: [...state.agenda] };
}

export function thawJob(frozen: unknown): JobState {
  const plain = structuredClone(frozen) as Omit<JobState, 'agenda' | 'items'> & {
    agenda: number[];
    items: [string, number][];
  };
  return { ...plain, items: new Map(plain.items), agenda: new Set(plain.agenda) };
}

export function isOver(status: JobStatus): status is JobOutcome {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** How a final node counts for the trigger rules of the nodes that need it. */
export function dependencyResult(node: NodeState): DependencyResult {
  if (node.outcome === 'succeeded') return 'success';
  if (node.outcome === 'skipped' && !node.failedUpstream) return 'skip';
  return 'failure';
}
