import type { GraphIndex } from '../dag/graph-index';
import type { DependencyResult } from '../dag/trigger-rule';
import type { Failure } from '../model/failure';
import type { JobStatus, Outcome, WorkflowEnding } from '../model/outcome';
import type { Outputs } from '../model/outputs';
import type { Priority } from '../model/priority';
import type { ReadOnly } from '../model/read-only';
import type { RetryPlan } from '../model/retry-policy';
import type { JobSubmitted } from './events';
import type { NodePhase } from './phases';

/** What is known of a node in whatever phase. Times in milliseconds since the epoch. */
interface NodeFacts {
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
  /** Task token of the workflow that waits for the node. */
  token?: string;
  /** The token was let go of after the node was final; the journal has it. */
  tokenLeft?: true;
  cancelRequested?: true;
  readyAt?: number;
  /** When the first attempt since then was ready: what a budget in time counts from. */
  since?: number;
  /** How the latest attempt, or the one to come, was scheduled, if it is a retry. */
  retry?: RetryPlan;
  /** Of the latest attempt, once it has started. */
  workerId?: string;
  startedAt?: number;
  percentage?: number;
  outputs?: Outputs;
  failure?: Failure;
  /** When a person last said what a failure of it was. */
  reclassifiedAt?: number;
}

/** What only a phase has. */
interface PhaseFacts {
  waiting: object;
  expanded: object;
  ready: object;
  running: object;
  /** When the next attempt is due. */
  backoff: { dueAt: number };
  final: {
    outcome: Outcome;
    finishedAt: number;
    reason?: string;
    failedUpstream?: true;
    warning?: string;
  };
}

export type NodeIn<P extends NodePhase> = { [Q in P]: NodeFacts & { readonly phase: Q } & PhaseFacts[Q] }[P];
export type NodeState = NodeIn<NodePhase>;

export interface JobState {
  status: JobStatus;
  submitted?: JobSubmitted;
  submittedAt?: number;
  startedAt?: number;
  finishedAt?: number;
  /** When it last went on, after its process died or after its end. */
  resumedAt?: number;
  cancelReason?: string;
  /** The cancellation came from the job's deadline. */
  deadlinePassed?: true;
  paused?: true;
  /** Priority now; as submitted unless it was changed. */
  priority?: Priority;
  /** Task token of the workflow that waits to end as the job ends. */
  outcomeToken?: string;
  /** How the workflow ended by itself, while the job runs. */
  workflowEnded?: WorkflowEnding;
  /** How often a person had what failed run again. */
  retries?: number;
  /** The node whose failure ended a `fail-fast` job. */
  failedFastBy?: string;
  /** By index of the graph; the items of fan-outs stand behind. */
  nodes: NodeState[];
  /** Final nodes that still have their tokens, longest final first. */
  answered: number[];
  /** Indexes of items by node id. */
  items: Map<string, number>;
  /** JSON bytes of what nodes have handed on, overwritten ones included. */
  outputBytes: number;
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
    answered: [],
    outputBytes: 0,
    items: new Map(),
    remaining: index.graph.nodes.length,
    agenda: new Set(),
  };
}

/** Undefined until it is final. */
export function outcomeOf(node: ReadOnly<NodeState>): Outcome | undefined {
  return node.phase === 'final' ? node.outcome : undefined;
}

/** How a final node counts for the trigger rules of the nodes that need it. */
export function dependencyResult(node: ReadOnly<NodeState>): DependencyResult {
  if (node.phase !== 'final') return 'failure';
  if (node.outcome === 'succeeded') return 'success';
  return node.outcome === 'skipped' && !node.failedUpstream ? 'skip' : 'failure';
}
