import type { GraphIndex } from '../dag/graph-index';
import { assertNever } from '../errors';
import { present } from '../model/present';
import type { RollbackEvent, RollbackOrder } from './events';
import { stepSignature } from './letters';
import { isRefusal } from './losses';
import { nodeById } from './nodes';
import { nextStepPhase, type Rollback, type RollbackState, type StepState } from './rollback-state';
import type { JobState, NodeState } from './state';

type Started = RollbackOrder & { readonly nodes: readonly string[] };
type StepEvent = Extract<RollbackEvent, { type: `rollback.step${string}` }>;

/** Folds an event of a rollback into the state, in constant time but for its start and the edges of what is undone. */
export function evolveRollback(index: GraphIndex, state: JobState, event: RollbackEvent, at: number): void {
  switch (event.type) {
    case 'rollback.requested':
      state.rollbackAsked = event.data;
      return;
    case 'rollback.started':
      start(index, state, event.data, at);
      return;
    case 'rollback.completed':
      if (state.rollback) state.rollback.completedAt = at;
      return;
    default:
      evolveStep(index, state, event, at);
  }
}

function start(index: GraphIndex, state: JobState, { reason, to, nodes }: Started, at: number): void {
  const steps = new Map<number, StepState>();
  const items = new Map<number, number>();
  for (const nodeId of nodes) {
    const found = nodeById(index, state, nodeId);
    if (!found) throw new Error(`the journal names node ${nodeId}, which the graph lacks`);
    steps.set(found.i, { phase: 'waiting', attempt: 0, made: 0, failures: 0, losses: 0 });
    const parent = found.node.item?.parent;
    if (parent !== undefined) items.set(parent, (items.get(parent) ?? 0) + 1);
  }
  const blockers = index.graph.nodes.map((_, i) => index.dependents[i]?.length ?? 0);
  const order = { reason, ...present({ to }) };
  state.rollback = { ...order, startedAt: at, steps, items, agenda: new Set(), open: steps.size, blockers };
  delete state.rollbackAsked;
  delete state.finishedAt;
  const free = blockers.flatMap((count, i) => (count === 0 ? [i] : []));
  release(index, state, state.rollback, free);
}

/** Goes up from nodes that have nothing below them to undo any more, until it meets what is to be undone itself. */
function release(index: GraphIndex, { nodes }: JobState, rollback: RollbackState, free: number[]): void {
  const { steps, items, agenda, blockers } = rollback;
  for (let i = free.pop(); i !== undefined; i = free.pop()) {
    const { first, total } = nodes[i]?.fanOut ?? { first: 0, total: 0 };
    const own = items.has(i) ? Array.from({ length: total }, (_, k) => first + k) : [i];
    const waiting = own.filter((each) => steps.get(each)?.phase === 'waiting');
    for (const each of waiting) agenda.add(each);
    if (waiting.length === 0) free.push(...passed(index, blockers, i));
  }
}

/** Nodes right above that have nothing below them any more, now that this one has not. */
function passed(index: GraphIndex, blockers: number[], i: number): number[] {
  return (index.needs[i] ?? []).filter((need) => {
    blockers[need] = (blockers[need] ?? 0) - 1;
    return blockers[need] === 0;
  });
}

function evolveStep(index: GraphIndex, state: JobState, event: StepEvent, at: number): void {
  const { nodeId } = event.data;
  const found = nodeById(index, state, nodeId);
  const { rollback } = state;
  const step = found && rollback?.steps.get(found.i);
  if (!found || !rollback || !step)
    throw new Error(`the journal has ${event.type} of node ${nodeId}, which has no step`);
  const { i, node } = found;
  step.phase = nextStepPhase(step.phase, event.type, nodeId);
  switch (event.type) {
    case 'rollback.stepReady':
      readied(step, node, event.data.attempt, at);
      rollback.agenda.delete(i);
      return;
    case 'rollback.stepStarted':
      step.workerId = event.data.workerId;
      return;
    case 'rollback.stepSucceeded':
      end(index, state, i, 'undone');
      return;
    case 'rollback.stepFailed':
      // A batch cut short by a crash makes the same report decide again: one attempt spends the budget once.
      if (step.failedAttempt !== event.data.attempt) step.failures += 1;
      step.failedAttempt = event.data.attempt;
      return;
    case 'rollback.stepScheduled': {
      const { nodeId: _node, attempt: _attempt, why: _why, dueAt, ...retry } = event.data;
      step.dueAt = dueAt;
      step.retry = retry;
      return;
    }
    case 'rollback.stepLost':
      if (isRefusal(step.phase, event.data.cause)) step.refusals = (step.refusals ?? 0) + 1;
      else step.losses += 1;
      node.lost = [...(node.lost ?? []), event.data.attempt];
      return;
    case 'rollback.stepGivenUp':
      if (state.nodes[i]) state.nodes[i].stepLetter = stepSignature(event.data);
      end(index, state, i, 'parked');
      return;
    default:
      assertNever(event, 'event of a step');
  }
}

function readied(step: StepState, node: NodeState, attempt: number, at: number): void {
  step.attempt = attempt;
  step.made += 1;
  step.readyAt = at;
  step.since ??= at;
  delete step.workerId;
  delete step.dueAt;
  // The numbers of attempts are the node's, whoever makes them.
  node.attempt = attempt;
  node.compensations = (node.compensations ?? 0) + 1;
}

function end(index: GraphIndex, state: JobState, i: number, outcome: Rollback): void {
  const { rollback } = state;
  const node = state.nodes[i];
  if (!rollback || !node) return;
  node.rollback = outcome;
  rollback.open -= 1;
  const parent = node.item?.parent;
  if (parent === undefined) {
    release(index, state, rollback, passed(index, rollback.blockers, i));
    return;
  }
  // What a fan-out has gathered is not what its items are any more.
  const fanOut = state.nodes[parent];
  if (fanOut) fanOut.rollback = fanOut.rollback === 'parked' ? 'parked' : outcome;
  const left = (rollback.items.get(parent) ?? 0) - 1;
  rollback.items.set(parent, left);
  if (left === 0) release(index, state, rollback, passed(index, rollback.blockers, parent));
}
