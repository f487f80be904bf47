import type { GraphIndex } from '../dag/graph-index';
import { jobNodes } from '../job/nodes';
import { attemptsMade, type JobState } from '../job/state';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';

/** What people want to know of a node at a point of its job. */
export interface NodeThen {
  /** Its outcome, or the phase that it was in. */
  readonly status: string;
  readonly attempts: number;
  readonly worker?: string;
  readonly reason?: string;
  readonly warning?: string;
  /** Of one that is being undone, or was. */
  readonly rollback?: string;
}

/** What people want to know of a job at a point of its past. */
export interface JobThen {
  readonly status: string;
  readonly priority?: string;
  readonly paused: boolean;
  readonly graph?: string;
  /** How many executions its workflow has had. */
  readonly run: number;
  /** Nodes by their status. */
  readonly counts: Readonly<Record<string, number>>;
  /** In the order of the graph. */
  readonly nodes: ReadonlyMap<string, NodeThen>;
}

export interface Change<T = unknown> {
  /** Absent where there was nothing. */
  readonly from?: T;
  /** Absent where there is nothing any more. */
  readonly to?: T;
}

/** Members that differ, by their names. */
export type Changes<T> = { readonly [K in keyof T]?: Change<NonNullable<T[K]>> };

/** How a job came from one point to another. */
export interface JobChanges {
  readonly job: Changes<Omit<JobThen, 'counts' | 'nodes'>>;
  readonly counts: Changes<Readonly<Record<string, number>>>;
  /** Of each node that is not as it was: what differs. */
  readonly nodes: ReadonlyMap<string, Changes<NodeThen>>;
}

/** @see JobThen */
export function jobThen(index: GraphIndex, state: ReadOnly<JobState>): JobThen {
  const nodes = new Map<string, NodeThen>();
  const counts: Record<string, number> = {};
  for (const { i, id, node } of jobNodes(index, state)) {
    const isFinal = node.phase === 'final';
    const status = isFinal ? node.outcome : node.phase;
    counts[status] = (counts[status] ?? 0) + 1;
    nodes.set(id, {
      ...{ status, attempts: attemptsMade(node) },
      ...present({
        worker: node.workerId,
        reason: isFinal ? node.reason : undefined,
        warning: isFinal ? node.warning : undefined,
        rollback: state.rollback?.steps.get(i)?.phase ?? node.rollback,
      }),
    });
  }
  const { status, submitted, run = 0, paused = false } = state;
  return {
    ...{ status, paused, run, counts, nodes },
    ...present({
      priority: state.priority ?? submitted?.priority,
      graph: state.graphHash ?? submitted?.graphHash,
    }),
  };
}

export function jobChanges(before: JobThen, after: JobThen): JobChanges {
  const { counts: countsBefore, nodes: nodesBefore, ...jobBefore } = before;
  const { counts, nodes, ...job } = after;
  const ids = new Set([...nodes.keys(), ...nodesBefore.keys()]);
  const changed = [...ids].flatMap((id): [string, Changes<NodeThen>][] => {
    const changes = changesOf(nodesBefore.get(id) ?? {}, nodes.get(id) ?? {});
    return Object.keys(changes).length === 0 ? [] : [[id, changes]];
  });
  return {
    job: changesOf(jobBefore, job),
    counts: changesOf(countsBefore, counts),
    nodes: new Map(changed),
  };
}

/** Members are texts, numbers and booleans. */
function changesOf<T extends object>(before: Partial<T>, after: Partial<T>): Changes<T> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof T)[]);
  const changed = [...names].filter((name) => before[name] !== after[name]);
  return Object.fromEntries(
    changed.map((name) => [name, present({ from: before[name], to: after[name] })]),
  ) as Changes<T>;
}
