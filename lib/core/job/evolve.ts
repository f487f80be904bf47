import type { GraphIndex } from '../dag/graph-index';
import { survivesFailFast } from '../dag/trigger-rule';
import { assertNever } from '../errors';
import type { JobEvent, NodeCompleted } from './events';
import { itemId, nodeAt, nodeById } from './nodes';
import type { JobState, NodeState } from './state';

/** Folds one event into the state, in constant time but for the edges that a completed node has. */
export function evolveJob(index: GraphIndex, state: JobState, event: JobEvent, at: number): JobState {
  switch (event.type) {
    case 'job.submitted':
      state.status = 'submitted';
      state.submitted = event.data;
      state.priority = event.data.priority;
      state.submittedAt = at;
      return state;
    case 'job.admitted':
      state.status = 'running';
      state.startedAt = at;
      return state;
    case 'job.cancelRequested':
      state.cancelReason = event.data.reason;
      if (event.data.deadline) state.deadlinePassed = true;
      state.nodes.forEach((node, i) => {
        // A fan-out ends with its items.
        if (node.phase !== 'final' && node.phase !== 'expanded' && !node.cancelRequested) state.agenda.add(i);
      });
      return state;
    case 'job.paused':
      state.paused = true;
      return state;
    case 'job.unpaused':
      delete state.paused;
      return state;
    case 'job.reprioritised':
      state.priority = event.data.priority;
      return state;
    case 'job.resumed':
      return resume(index, state, event.data.nodes);
    case 'job.outcomeAwaited':
      state.outcomeToken = event.data.token;
      return state;
    case 'job.completed':
      state.status = event.data.status;
      state.finishedAt = at;
      state.agenda.clear();
      return state;
    default:
      return evolveNode(index, state, event, at);
  }
}

type NodeEvent = Exclude<JobEvent, { type: `job.${string}` }>;

function evolveNode(index: GraphIndex, state: JobState, event: NodeEvent, at: number): JobState {
  const found = nodeById(index, state, event.data.nodeId);
  if (!found) throw new Error(`the journal names node ${event.data.nodeId}, which the graph lacks`);
  const { i, node } = found;
  switch (event.type) {
    case 'node.entered':
      node.entered = true;
      if (event.data.token !== undefined) node.token = event.data.token;
      if (node.phase === 'waiting' && node.waiting === 0) state.agenda.add(i);
      return state;
    case 'node.ready':
      node.phase = 'ready';
      node.attempt = event.data.attempt;
      node.readyAt = at;
      delete node.dueAt;
      delete node.workerId;
      delete node.startedAt;
      delete node.percentage;
      state.agenda.delete(i);
      return state;
    case 'node.expanded':
      node.readyAt = at;
      return expand(state, i, event.data.nodeId, event.data.items);
    case 'node.retryScheduled':
      node.phase = 'backoff';
      node.dueAt = event.data.dueAt;
      return state;
    case 'node.completed':
      return complete(index, state, i, event.data, at);
    case 'attempt.started':
      node.phase = 'running';
      node.workerId = event.data.workerId;
      node.startedAt = at;
      return state;
    case 'attempt.progressed':
      node.percentage = event.data.percentage;
      return state;
    case 'attempt.succeeded':
      node.outputs = event.data.outputs;
      delete node.failure;
      return state;
    case 'attempt.failed':
      // A batch cut short by a crash makes the same report decide again: one attempt spends the budget once.
      if (node.failedAttempt !== event.data.attempt) node.failures += 1;
      node.failedAttempt = event.data.attempt;
      node.failure = event.data.failure;
      return state;
    case 'attempt.lost':
      node.losses += 1;
      node.lost = [...(node.lost ?? []), event.data.attempt];
      node.failure = { kind: 'lost', message: event.data.reason };
      return state;
    case 'attempt.ignored':
      node.lost = node.lost?.filter((attempt) => attempt !== event.data.attempt) ?? [];
      return state;
    case 'attempt.cancelRequested':
      node.cancelRequested = true;
      state.agenda.delete(i);
      return state;
    default:
      return assertNever(event, 'job event');
  }
}

function complete(index: GraphIndex, state: JobState, i: number, data: NodeCompleted, at: number): JobState {
  const node = state.nodes[i] as NodeState;
  node.phase = 'final';
  node.outcome = data.outcome;
  node.finishedAt = at;
  if (data.reason !== undefined) node.reason = data.reason;
  if (data.failedUpstream) node.failedUpstream = true;
  delete node.dueAt;
  state.agenda.delete(i);
  state.remaining -= 1;
  if (node.item) {
    const parent = state.nodes[node.item.parent] as NodeState;
    if (parent.fanOut) parent.fanOut.open -= 1;
    if (parent.fanOut?.open === 0 && parent.phase === 'expanded') state.agenda.add(node.item.parent);
  }
  for (const d of index.dependents[i] ?? []) {
    const dependent = state.nodes[d] as NodeState;
    dependent.waiting -= 1;
    if (dependent.waiting === 0 && dependent.entered && dependent.phase === 'waiting') state.agenda.add(d);
  }
  if (data.outcome === 'failed' && index.graph.onFailure === 'fail-fast' && !state.failedFastBy) {
    state.failedFastBy = data.nodeId;
    state.nodes.forEach(({ phase }, k) => {
      if (phase === 'final' || phase === 'expanded') return;
      if (!survivesFailFast(nodeAt(index, state, k).spec.trigger)) state.agenda.add(k);
    });
  }
  return state;
}

function expand(state: JobState, parent: number, parentId: string, values: readonly unknown[]): JobState {
  const node = state.nodes[parent] as NodeState;
  const first = state.nodes.length;
  const total = values.length;
  node.phase = 'expanded';
  node.fanOut = { first, total, open: total };
  state.agenda.delete(parent);
  values.forEach((value, index) => {
    state.nodes.push({
      phase: 'waiting',
      entered: true,
      waiting: 0,
      attempt: 0,
      failures: 0,
      losses: 0,
      item: { parent, index, total, value },
    });
    state.items.set(itemId(parentId, index), first + index);
    state.agenda.add(first + index);
  });
  state.remaining += total;
  return state;
}

function resume(index: GraphIndex, state: JobState, nodes: readonly string[]): JobState {
  if (nodes.length === 0) return state;
  state.status = 'running';
  delete state.finishedAt;
  delete state.cancelReason;
  delete state.deadlinePassed;
  delete state.failedFastBy;
  const again = nodes.map((id) => nodeById(index, state, id)?.i as number);
  for (const i of again) {
    const { attempt, fanOut, item } = state.nodes[i] as NodeState;
    const fresh = { attempt, failures: 0, losses: 0, waiting: 0 };
    if (item) state.nodes[i] = { ...fresh, phase: 'waiting', entered: true, item };
    else if (fanOut)
      state.nodes[i] = { ...fresh, phase: 'expanded', entered: false, fanOut: { ...fanOut, open: 0 } };
    else state.nodes[i] = { ...fresh, phase: 'waiting', entered: false };
  }
  state.remaining += again.length;
  for (const i of again) {
    const node = state.nodes[i] as NodeState;
    node.waiting = (index.needs[i] ?? []).filter((need) => state.nodes[need]?.phase !== 'final').length;
    if (!node.item) continue;
    state.agenda.add(i);
    const parent = state.nodes[node.item.parent] as NodeState;
    if (parent.fanOut) parent.fanOut.open += 1;
  }
  return state;
}
