import type { z } from 'zod';
import type { JobView as JobViewBody, nodeView } from '../../adapters/http/contract';
import type { JobView } from '../../core/engine/jobs';
import { type JobNode, jobNodes } from '../../core/job/nodes';
import { type Capacity, outlookOf } from '../../core/projections/outlook';
import type { NodeState } from '../../core/job/state';

/** A job as the API shows it. @param capacity of its pool, now. */
export function jobViewBody(jobId: string, { state, index }: JobView, capacity: Capacity): JobViewBody {
  const { submitted, finishedAt } = state;
  if (!submitted) throw new Error(`job ${jobId} was never submitted`);
  const named = jobNodes(index, state);
  const {
    progressPercentage,
    currentNodes,
    estimatedCompletionAt: estimated,
  } = outlookOf(index, state, capacity);
  return {
    job_id: jobId,
    name: submitted.name,
    status: state.status,
    owner: submitted.owner,
    priority: state.priority ?? submitted.priority,
    graph_hash: submitted.graphHash,
    submitted_at: timeOf(state.submittedAt ?? 0),
    ...(finishedAt === undefined ? {} : { finished_at: timeOf(finishedAt) }),
    paused: state.paused ?? false,
    ...(submitted.deadlineAt === undefined ? {} : { deadline: timeOf(submitted.deadlineAt) }),
    ...(submitted.parameters === undefined ? {} : { parameters: submitted.parameters }),
    ...(submitted.trigger === undefined ? {} : { trigger: submitted.trigger.name }),
    ...(estimated === undefined ? {} : { estimated_completion: timeOf(estimated) }),
    progress_percentage: progressPercentage,
    current_nodes: [...currentNodes],
    resource_utilization: { slots_in_use: slotsInUse(named), slots_of_pool: capacity.slots },
    nodes: Object.fromEntries(named.map(({ id, node }) => [id, nodeBody(node)])),
  };
}

function slotsInUse(nodes: readonly JobNode[]): number {
  return nodes.reduce((sum, { node, spec }) => (node.phase === 'running' ? sum + spec.slots : sum), 0);
}

const timeOf = (ms: number): string => new Date(ms).toISOString();

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
