import type { JobView, NodeView } from '../../contract/jobs';
import { type JobNode, jobNodes } from '../../core/job/nodes';
import type { NodeState } from '../../core/job/state';
import { present } from '../../core/model/present';
import type { ReadOnly } from '../../core/model/read-only';
import type { JobFold } from '../../core/ports/streams';
import { type Capacity, outlookOf } from '../../core/projections/outlook';
import { invalidInput } from '../route';
import type { HeldBy } from '../waits-for';
import { timeIfAny, timeOf } from './time';

/** A Lambda's answer ends at 6 MB; the rest is room for escapes. */
const MAX_NODE_BYTES = 4_000_000;

/**
 * A job as the API shows it.
 * @param capacity of its pool, now; `from`: id of the node with which the page of nodes begins; `heldBy`: what keeps
 *   nodes that are ready from being handed out.
 * @throws RepriseError INPUT_INVALID where the job has no such node.
 */
export function jobViewBody(
  jobId: string,
  { state, index }: JobFold,
  { from, heldBy, ...capacity }: Capacity & { readonly from?: string | undefined; readonly heldBy: HeldBy },
): JobView {
  const { submitted } = state;
  if (!submitted) throw new Error(`job ${jobId} was never submitted`);
  const { name, owner, graphHash, parameters, trigger } = submitted;
  const named = jobNodes(index, state);
  const outlook = outlookOf(index, state, capacity);
  return {
    job_id: jobId,
    ...{ name, owner, graph_hash: graphHash },
    status: state.status,
    priority: state.priority ?? submitted.priority,
    type: submitted.jobType ?? 'STANDARD',
    submitted_at: timeOf(state.submittedAt ?? 0),
    paused: state.paused ?? false,
    ...present({
      finished_at: timeIfAny(state.finishedAt),
      deadline: timeIfAny(submitted.deadlineAt),
      parameters,
      trigger: trigger?.name,
      estimated_completion: timeIfAny(outlook.estimatedCompletionAt),
    }),
    progress_percentage: outlook.progressPercentage,
    current_nodes: [...outlook.currentNodes],
    resource_utilization: { slots_in_use: slotsInUse(named), slots_of_pool: capacity.slots },
    ...nodesPage(named, from, heldBy),
  };
}

/** As many nodes as fit an answer: one that hands on 16 KiB is a small part of it. */
function nodesPage(
  named: readonly JobNode[],
  from: string | undefined,
  heldBy: HeldBy,
): Pick<JobView, 'nodes' | 'next_nodes'> {
  const first = from === undefined ? 0 : named.findIndex(({ id }) => id === from);
  if (first < 0) throw invalidInput('nodes_from', 'the job has no such node');
  const nodes: [string, NodeView][] = [];
  let bytes = 0;
  for (const { id, node, spec } of named.slice(first)) {
    const body = nodeBody(node, node.phase === 'ready' ? heldBy(spec) : undefined);
    bytes += id.length + Buffer.byteLength(JSON.stringify(body));
    if (bytes > MAX_NODE_BYTES && nodes.length > 0)
      return { nodes: Object.fromEntries(nodes), next_nodes: id };
    nodes.push([id, body]);
  }
  return { nodes: Object.fromEntries(nodes) };
}

function slotsInUse(nodes: readonly JobNode[]): number {
  return nodes.reduce((sum, { node, spec }) => (node.phase === 'running' ? sum + spec.slots : sum), 0);
}

function nodeBody(node: ReadOnly<NodeState>, waitsFor: string | undefined): NodeView {
  const { attempt, workerId, startedAt, outputs, recovery } = node;
  const isFinal = node.phase === 'final';
  const ran = isFinal && startedAt !== undefined;
  return {
    status: isFinal ? node.outcome : node.phase,
    attempts: attempt,
    ...present({
      worker_id: workerId,
      waits_for: waitsFor,
      recovery: recovery && { cause: recovery.cause, strategy: recovery.strategy },
      duration_seconds: ran ? (node.finishedAt - startedAt) / 1_000 : undefined,
      reason: isFinal ? node.reason : undefined,
      warning: isFinal ? node.warning : undefined,
      outputs,
    }),
  };
}
