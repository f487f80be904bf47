import type { z } from 'zod';
import type { JobView as JobViewBody, nodeView } from '../../lib/adapters/http/contract';
import type { JobView } from '../../lib/core/engine/jobs';
import { jobNodes } from '../../lib/core/job/nodes';
import type { NodeState } from '../../lib/core/job/state';

/** A job as the API shows it. */
export function jobViewBody(jobId: string, { state, index }: JobView): JobViewBody {
  const { submitted } = state;
  if (!submitted) throw new Error(`job ${jobId} was never submitted`);
  const named = jobNodes(index, state);
  return {
    job_id: jobId,
    name: submitted.name,
    status: state.status,
    owner: submitted.owner,
    priority: submitted.priority,
    graph_hash: submitted.graphHash,
    submitted_at: new Date(state.submittedAt ?? 0).toISOString(),
    ...(state.finishedAt === undefined ? {} : { finished_at: new Date(state.finishedAt).toISOString() }),
    progress_percentage: progress(state.nodes),
    current_nodes: named.filter(({ node }) => node.phase === 'running').map(({ id }) => id),
    nodes: Object.fromEntries(named.map(({ id, node }) => [id, nodeBody(node)])),
  };
}

/** Share of the nodes that are final, running ones counted by what they report; one decimal. */
function progress(nodes: readonly NodeState[]): number {
  if (nodes.length === 0) return 100;
  const done = nodes.reduce((sum, { phase, percentage }) => {
    if (phase === 'final') return sum + 1;
    return phase === 'running' ? sum + (percentage ?? 0) / 100 : sum;
  }, 0);
  return Math.floor((done / nodes.length) * 1_000) / 10;
}

function nodeBody(node: NodeState): z.infer<typeof nodeView> {
  const { workerId, startedAt, finishedAt, reason, outputs } = node;
  const ran = startedAt !== undefined && finishedAt !== undefined;
  return {
    status: node.outcome ?? (node.phase === 'final' ? 'cancelled' : node.phase),
    attempts: node.attempt,
    ...(workerId === undefined ? {} : { worker_id: workerId }),
    ...(ran ? { duration_seconds: (finishedAt - startedAt) / 1_000 } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(outputs === undefined ? {} : { outputs: outputs as z.infer<typeof nodeView>['outputs'] }),
  };
}
