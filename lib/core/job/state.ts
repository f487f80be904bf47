import type { GraphIndex } from '../dag/graph-index';
import type { DependencyResult } from '../dag/trigger-rule';
import type { EditedInput } from '../model/edited-input';
import type { Failure } from '../model/failure';
import type { Held } from '../model/held';
import type { JobStatus, Outcome, WorkflowEnding } from '../model/outcome';
import type { Outputs } from '../model/outputs';
import { present } from '../model/present';
import type { Priority } from '../model/priority';
import type { ReadOnly } from '../model/read-only';
import type { RecoveryStrategy } from '../model/recovery';
import type { RetryPlan } from '../model/retry-policy';
import type { Given } from '../model/variable';
import type { JobSubmitted, RollbackOrder } from './events';
import type { NodePhase } from './phases';
import type { OpenRecovery } from './recovery-events';
import type { Rollback, RollbackState } from './rollback-state';

/** What is known of a node in whatever phase. Times in milliseconds since the epoch. */
interface NodeFacts {
  entered: boolean;
  /** Dependencies that are not over yet: one that was cancelled before its turn is over when what it waited for is. */
  waiting: number;
  /** Number of the latest attempt, to undo it included; 0 before the first. */
  attempt: number;
  /** How many of these were to undo it. */
  compensations?: number;
  /** Failed attempts since the job was submitted or resumed: what the retry budget counts. */
  failures: number;
  /** The attempt that `failures` counted last. */
  failedAttempt?: number;
  /** Attempts lost with their worker; bounded apart from the budget. */
  losses: number;
  /** Attempts since then that no worker took. */
  refusals?: number;
  /** Workers that lost attempts of it, the latest ones: others get the next, where they can. */
  lostOn?: string[];
  /** A recovery of it that is not over. */
  recovery?: OpenRecovery;
  /** How it was recovered so far. */
  tried?: RecoveryStrategy[];
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
  /** What its attempts are given under `with`. */
  given?: Given;
  failure?: Failure;
  /** What it did was undone, or could not be and waits for a person. It runs again when its job does. */
  rollback?: Rollback;
  /** When a person last said what a failure of it was. */
  reclassifiedAt?: number;
  /** What its attempts run with, where a person said so. */
  edited?: EditedInput;
  /** Signatures under which it has letters, latest first. */
  letters?: string[];
  /** The signature under which it has a letter as it could not be undone. */
  stepLetter?: string;
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
    /** Sequence of the event that ended it. */
    finishedSeq: number;
    /** The latest attempt then: what comes after it undoes it. */
    finishedBy: number;
    reason?: string;
    failedUpstream?: true;
    warning?: string;
  };
}

export type NodeIn<P extends NodePhase> = { [Q in P]: NodeFacts & { readonly phase: Q } & PhaseFacts[Q] }[P];
export type NodeState = NodeIn<NodePhase>;

/** What is kept of a node that is gone. `attempt`: its latest one. */
export type Retired = Pick<NodeState, 'attempt' | 'letters' | 'stepLetter'>;

export interface JobState {
  status: JobStatus;
  /** Events folded so far: the sequence of the latest. */
  seq: number;
  submitted?: JobSubmitted;
  submittedAt?: number;
  startedAt?: number;
  finishedAt?: number;
  /** When it last went on, after its process died or after its end. */
  resumedAt?: number;
  /** The event since which it goes on after its end, the latest of them. */
  since?: number;
  /** When somebody last had nodes of it run again. */
  revivedAt?: number;
  cancelReason?: string;
  /** The cancellation came from the job's deadline. */
  deadlinePassed?: true;
  /** What cleans up is ended too. */
  cancelForced?: true;
  paused?: true;
  /** Priority now; as submitted unless it was changed. */
  priority?: Priority;
  /** Users who may use it beside its owner, in the order in which they were let in. */
  sharedWith?: string[];
  /** Executions of its workflow so far: the number of the latest one. */
  run?: number;
  /** The graph it follows, where that is not the one it was submitted with any more. */
  graphHash?: string;
  /** Task token of the workflow that waits to end as the job ends. */
  outcomeToken?: string;
  /** Those of other executions that do, longest first. */
  outcomeTokens?: string[];
  /** How the workflow ended by itself, while the job runs. */
  workflowEnded?: WorkflowEnding;
  /** Nodes that were final when that run began. */
  finalAtRun?: number;
  /** Runs before it that ended one after the other without a node that became final. */
  idleRuns?: number;
  /** A recovery of the workflow that is not over, and since when, in milliseconds since the epoch. */
  resuming?: { readonly recoveryId: string; readonly since: number };
  /** The same of a rollback that the graph asks for. */
  undoing?: { readonly recoveryId: string; readonly since: number };
  /** How often a person had what failed run again. */
  retries?: number;
  /** The redrives of letters that were answered, latest last: one that comes again changes nothing. */
  orders?: string[];
  /** The node whose failure ended a `fail-fast` or `rollback` job. */
  failedFastBy?: string;
  /** A person wants it rolled back once it has come to rest. */
  rollbackAsked?: RollbackOrder;
  /** The latest rollback since it was submitted or resumed. */
  rollback?: RollbackState;
  /** By index of the graph; the items of fan-outs stand behind. */
  nodes: NodeState[];
  /** Final nodes that still have their tokens, longest final first. */
  answered: number[];
  /** Indexes of items by node id. */
  items: Map<string, number>;
  /** Nodes that went with a graph or a fan-out: should such a node come back, its attempts and letters go on. */
  retired: Map<string, Retired>;
  /** JSON bytes of what nodes have handed on and were given, overwritten ones included. */
  outputBytes: number;
  /** Nodes that are not final. */
  remaining: number;
  /** Indexes of nodes about which something can be decided now, in the order in which that came to be. */
  agenda: Set<number>;
}

export function initialJob(index: GraphIndex): JobState {
  return {
    status: 'new',
    seq: 0,
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
    retired: new Map(),
    remaining: index.graph.nodes.length,
    agenda: new Set(),
  };
}

/** Somebody had nodes run again after the deadline of the job, which ends it no more. */
export function isPastDeadline({ submitted, revivedAt = 0 }: ReadOnly<JobState>): boolean {
  return revivedAt > (submitted?.deadlineAt ?? Number.POSITIVE_INFINITY);
}

/** Who may use it; nobody, while it is not submitted. */
export function holdersOf({ submitted, sharedWith }: ReadOnly<JobState>): Held | undefined {
  return submitted && { owner: submitted.owner, ...present({ sharedWith }) };
}

/** Undefined until it is final. */
export function outcomeOf(node: ReadOnly<NodeState>): Outcome | undefined {
  return node.phase === 'final' ? node.outcome : undefined;
}

/** Attempts that were made of what the node does, lost ones included. */
export function attemptsMade({ attempt, compensations = 0 }: ReadOnly<NodeState>): number {
  return attempt - compensations;
}

/** How a final node counts for the trigger rules of the nodes that need it. */
export function dependencyResult(node: ReadOnly<NodeState>): DependencyResult {
  // What was undone is as good as never done.
  if (node.phase !== 'final' || node.rollback !== undefined) return 'failure';
  if (node.outcome === 'succeeded') return 'success';
  return node.outcome === 'skipped' && !node.failedUpstream ? 'skip' : 'failure';
}
