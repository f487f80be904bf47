import type { MergedReports } from '../../adapters/embedded/runtime/merged-reports';
import { jobNodes, nodeAt } from '../../core/job/nodes';
import type { Rollback } from '../../core/job/rollback-state';
import { attemptsMade, outcomeOf } from '../../core/job/state';
import type { Outcome } from '../../core/model/outcome';
import { present } from '../../core/model/present';
import type { JobFold } from '../../core/ports/streams';
import type { Tally } from '../../core/projections/tally';

export interface NodeResult {
  readonly status: Outcome;
  readonly attempts: number;
  readonly durationSeconds: number;
  /** It counts as succeeded though its last attempt failed: known flakes did. */
  readonly warning?: string;
  /** What it did was undone, or could not be. */
  readonly rollback?: Rollback;
  /** Paths of the reports of its tests, all attempts in one. */
  readonly reports?: MergedReports;
}

interface Known {
  readonly tally: Tally;
  readonly reports: ReadonlyMap<string, MergedReports>;
}

/** What `run` and `resume` print with `--json`; part of the contract. */
export interface RunResult {
  readonly jobId: string;
  readonly status: string;
  readonly durationSeconds: number;
  readonly nodes: Readonly<Record<string, NodeResult>>;
  /** Of a job that was rolled back: the nodes that were undone, and those that could not be. */
  readonly rollback?: { readonly undone: readonly string[]; readonly parked: readonly string[] };
}

/** The result of a job that is over. Nodes in the order of the graph's file. */
export function resultOf(jobId: string, { state, index }: JobFold, { tally, reports }: Known): RunResult {
  // Without a prototype, so that a node may be called `__proto__`.
  const nodes: Record<string, NodeResult> = Object.create(null);
  for (const { id, node } of jobNodes(index, state)) {
    const status = outcomeOf(node);
    if (!status) continue;
    const durationSeconds = seconds(tally.nodes.get(id)?.durationMs ?? 0);
    const warning = node.phase === 'final' ? node.warning : undefined;
    const more = present({ warning, rollback: node.rollback, reports: reports.get(id) });
    nodes[id] = { status, attempts: attemptsMade(node), durationSeconds, ...more };
  }
  const took = (state.finishedAt ?? 0) - (state.submittedAt ?? 0);
  return {
    jobId,
    status: state.status,
    durationSeconds: seconds(took),
    nodes,
    ...rollbackOf({ state, index }),
  };
}

/** In the reverse order of completion. */
function rollbackOf({ state, index }: Pick<JobFold, 'state' | 'index'>): Pick<RunResult, 'rollback'> {
  const { rollback } = state;
  if (!rollback) return {};
  const of = (outcome: Rollback) =>
    [...rollback.steps].flatMap(([i, { phase }]) => (phase === outcome ? [nodeAt(index, state, i).id] : []));
  return { rollback: { undone: of('undone'), parked: of('parked') } };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1_000;
}
