import type { MergedReports } from '../../adapters/embedded/runtime/merged-reports';
import { jobNodes } from '../../core/job/nodes';
import { outcomeOf } from '../../core/job/state';
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
    const more = present({ warning, reports: reports.get(id) });
    nodes[id] = { status, attempts: node.attempt, durationSeconds, ...more };
  }
  const took = (state.finishedAt ?? 0) - (state.submittedAt ?? 0);
  return { jobId, status: state.status, durationSeconds: seconds(took), nodes };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1_000;
}
