import type { JobType } from '../model/job-type';
import type { RecoveryPolicy } from '../model/recovery';
import type { RetryPolicy } from '../model/retry-policy';
import type { Work } from '../model/work';

/**
 * The execution graph after parsing, defaults and expansion: what every later pass and the deciders read.
 * Durations are milliseconds. Nodes keep the order of the file; `needs` holds ids of nodes of the same graph.
 */
export const TRIGGER_RULES = [
  'all_success',
  'all_done',
  'all_failed',
  'one_success',
  'one_failed',
  'none_failed',
  'always',
] as const;
export type TriggerRule = (typeof TRIGGER_RULES)[number];

/**
 * What a node that fails for good means for the others. `fail-fast`: nothing new begins, what runs is cancelled.
 * `rollback`: the same, and then what has succeeded is undone.
 */
export const FAILURE_POLICIES = ['continue', 'fail-fast', 'rollback'] as const;
export type FailurePolicy = (typeof FAILURE_POLICIES)[number];

export interface GraphNode {
  readonly id: string;
  readonly work: Work;
  readonly needs: readonly string[];
  readonly labels: readonly string[];
  readonly slots: number;
  /** Named resources it takes of its worker, besides slots, such as `{ browserLicences: 2 }`. */
  readonly resources?: Readonly<Record<string, number>>;
  /** At most `limit` attempts with the same key run at once in the whole pool: a suite, a tenant, an environment. */
  readonly concurrency?: { readonly key: string; readonly limit: number };
  /** External dependencies by name: no attempt of it is handed out while the breaker of one of them is open. */
  readonly dependencies?: readonly string[];
  readonly trigger: TriggerRule;
  /** JSONata over `{ results: { [ancestorId]: { status, attempts, outputs } } }`. */
  readonly when?: string;
  /** JSONata over the same, giving the list of items of a fan-out that is decided at run time. */
  readonly forEach?: string;
  /** JSONata over the same, and over `item` in a fan-out: what the command is given, by the names of variables. */
  readonly with?: Readonly<Record<string, string>>;
  /** The command that undoes what the node did, on rollback. */
  readonly compensate?: string;
  /** Where it fails for good it counts as succeeded, with a warning. */
  readonly allowFailure?: true;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  /** What becomes of attempts that are lost with their worker; as `DEFAULT_RECOVERY`, where absent. */
  readonly recovery?: RecoveryPolicy;
  /** Expected duration, when the author gave one. */
  readonly durationMs?: number;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly onFailure: FailurePolicy;
  /** Of its jobs, where a submission gives none. */
  readonly type?: JobType;
}
