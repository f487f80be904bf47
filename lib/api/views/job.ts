import type { JobView, NodeView } from '../../contract/jobs';
import type { RollbackOrder } from '../../core/job/events';
import { type JobNode, jobNodes } from '../../core/job/nodes';
import { attemptsMade, type JobState } from '../../core/job/state';
import { lasted } from '../../core/model/lasted';
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
  { state, index, head }: JobFold,
  { from, heldBy, ...capacity }: Capacity & { readonly from?: string | undefined; readonly heldBy: HeldBy },
): JobView {
  const { submitted } = state;
  if (!submitted) throw new Error(`job ${jobId} was never submitted`);
  const { name, owner, parameters, trigger } = submitted;
  const { graphHash = submitted.graphHash, run = 0 } = state;
  const named = jobNodes(index, state);
  const outlook = outlookOf(index, state, capacity);
  return {
    job_id: jobId,
    ...{ name, owner, graph_hash: graphHash, run, checkpoint: head.seq },
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
      shared_with: state.sharedWith && [...state.sharedWith],
      estimated_completion: timeIfAny(outlook.estimatedCompletionAt),
      rollback: rollbackOf(state),
    }),
    progress_percentage: outlook.progressPercentage,
    current_nodes: [...outlook.currentNodes],
    resource_utilization: { slots_in_use: slotsInUse(named, state), slots_of_pool: capacity.slots },
    ...nodesPage({ named, state }, from, heldBy),
  };
}

/** As many nodes as fit an answer: one that hands on 16 KiB is a small part of it. */
function nodesPage(
  { named, state }: { readonly named: readonly JobNode[]; readonly state: ReadOnly<JobState> },
  from: string | undefined,
  heldBy: HeldBy,
): Pick<JobView, 'nodes' | 'next_nodes'> {
  const first = from === undefined ? 0 : named.findIndex(({ id }) => id === from);
  if (first < 0) throw invalidInput('nodes_from', 'the job has no such node');
  const nodes: [string, NodeView][] = [];
  let bytes = 0;
  for (const found of named.slice(first)) {
    const { id, node, spec } = found;
    const body = nodeBody(found, state, node.phase === 'ready' ? heldBy(spec) : undefined);
    bytes += id.length + Buffer.byteLength(JSON.stringify(body));
    if (bytes > MAX_NODE_BYTES && nodes.length > 0)
      return { nodes: Object.fromEntries(nodes), next_nodes: id };
    nodes.push([id, body]);
  }
  return { nodes: Object.fromEntries(nodes) };
}

function slotsInUse(nodes: readonly JobNode[], { rollback }: ReadOnly<JobState>): number {
  const runs = ({ i, node }: JobNode) =>
    node.phase === 'running' || rollback?.steps.get(i)?.phase === 'running';
  return nodes.reduce((sum, each) => (runs(each) ? sum + each.spec.slots : sum), 0);
}

function rollbackOf({ rollback, rollbackAsked }: ReadOnly<JobState>): JobView['rollback'] {
  if (!rollback) return rollbackAsked && { status: 'requested', ...orderOf(rollbackAsked), ...NO_STEPS };
  const steps = [...rollback.steps.values()];
  const of = (phase: string) => steps.filter((step) => step.phase === phase).length;
  return {
    status: rollback.completedAt === undefined ? 'running' : 'completed',
    ...orderOf(rollback),
    ...{ steps: steps.length, undone: of('undone'), parked: of('parked') },
  };
}

const NO_STEPS = { steps: 0, undone: 0, parked: 0 };

const orderOf = ({ reason, to }: RollbackOrder) => ({ reason, ...present({ to }) });

function nodeBody(
  { i, node }: JobNode,
  { rollback }: ReadOnly<JobState>,
  waitsFor: string | undefined,
): NodeView {
  const { workerId, startedAt, outputs, recovery } = node;
  const isFinal = node.phase === 'final';
  const ran = isFinal && startedAt !== undefined;
  return {
    status: isFinal ? node.outcome : node.phase,
    attempts: attemptsMade(node),
    ...present({
      worker_id: workerId,
      waits_for: waitsFor,
      recovery: recovery && { cause: recovery.cause, strategy: recovery.strategy },
      duration_seconds: ran ? lasted(startedAt, node.finishedAt) / 1_000 : undefined,
      reason: isFinal ? node.reason : undefined,
      warning: isFinal ? node.warning : undefined,
      rollback: rollback?.steps.get(i)?.phase ?? node.rollback,
      outputs,
    }),
  };
}
