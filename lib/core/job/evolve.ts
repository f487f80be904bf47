import type { GraphIndex } from '../dag/graph-index';
import { survivesFailFast } from '../dag/trigger-rule';
import { assertNever } from '../errors';
import { LIMITS } from '../limits';
import { itemId } from '../model/item-id';
import { isOver } from '../model/outcome';
import { present } from '../model/present';
import type {
  JobEvent,
  JobReplanned,
  JobResumed,
  NodeCompleted,
  NodeOverruled,
  RollbackEvent,
} from './events';
import { carried, layOut } from './lay-out';
import { parkedUnder } from './letters';
import { isRefusal } from './losses';
import { type JobNode, nodeAt, nodeById } from './nodes';
import { type JobLifeEventType, type NodeEventType, nextPhase, nextStatus } from './phases';
import { evolveRecovery } from './recovery';
import type { RecoveryEvent } from './recovery-events';
import { evolveRollback } from './rollback-evolve';
import { isOfRollback } from './rollback-state';
import { beginRun } from './runs';
import { survivesCancel } from './settle';
import type { JobState, NodeState } from './state';

type AttemptFailed = Extract<JobEvent, { type: 'attempt.failed' }>['data'];
type NodeEvent = Extract<JobEvent, { type: NodeEventType }>;
type JobLifeEvent = Exclude<JobEvent, NodeEvent | RollbackEvent | RecoveryEvent>;

/**
 * Folds one event into the state, in constant time but for the edges that a completed node has.
 * @param indexOf finds the index of a graph that the job goes over to.
 * @throws Error for an event that `phases.ts` does not know where the job stands: the journal is not one of this job.
 */
export function evolveJob(
  { index, indexOf }: Followed,
  state: JobState,
  event: JobEvent,
  at: number,
): JobState {
  state.seq += 1;
  if (isOfRecovery(event)) {
    evolveRecovery(index, state, event, at);
    return state;
  }
  if (isOfRollback(event)) {
    if (!('nodeId' in event.data)) state.status = nextStatus(state.status, event.type as JobLifeEventType);
    if (event.type === 'rollback.started') answered(state, event.data.order);
    evolveRollback(index, state, event, at);
    return state;
  }
  const goesOn = event.type === 'job.resumed' || event.type === 'job.replanned';
  if (goesOn && isOver(state.status)) state.since = state.seq;
  if (event.type === 'job.replanned') replan(index, indexOf(event.data.graphHash), state, event.data, at);
  const evolved = isOfNode(event) ? evolveNode(index, state, event, at) : evolveLife(index, state, event, at);
  beginRun(state, event);
  return evolved;
}

/** The graph that a job follows, and others that it may go over to. */
export interface Followed {
  readonly index: GraphIndex;
  readonly indexOf: (graphHash: string) => GraphIndex;
}

function isOfRecovery(event: JobEvent): event is RecoveryEvent {
  return event.type.startsWith('recovery.');
}

function isOfNode(event: NodeEvent | JobLifeEvent): event is NodeEvent {
  return !event.type.startsWith('job.');
}

function evolveLife(index: GraphIndex, state: JobState, event: JobLifeEvent, at: number): JobState {
  const outcome = event.type === 'job.completed' ? event.data.status : undefined;
  const status = nextStatus(state.status, event.type, outcome);
  switch (event.type) {
    case 'job.submitted':
      state.submitted = event.data;
      state.priority = event.data.priority;
      state.submittedAt = at;
      break;
    case 'job.admitted':
      state.startedAt = at;
      break;
    case 'job.cancelRequested':
      state.cancelReason = event.data.reason;
      if (event.data.deadline) state.deadlinePassed = true;
      if (event.data.force) state.cancelForced = true;
      state.nodes.forEach((node, i) => {
        // A fan-out ends with its items.
        if (node.phase === 'final' || node.phase === 'expanded' || node.cancelRequested) return;
        if (!survivesCancel(state, nodeAt(index, state, i).spec.trigger)) state.agenda.add(i);
      });
      break;
    case 'job.paused':
      state.paused = true;
      break;
    case 'job.unpaused':
      delete state.paused;
      break;
    case 'job.reprioritised':
      state.priority = event.data.priority;
      break;
    case 'job.shared':
      state.sharedWith = [...(state.sharedWith ?? []), event.data.user];
      break;
    case 'job.unshared':
      unshared(state, event.data.user);
      break;
    case 'job.resumed':
      state.resumedAt = at;
      if (event.data.level !== undefined && event.data.order === undefined) {
        state.retries = (state.retries ?? 0) + 1;
      }
      answered(state, event.data.order);
      if (event.data.nodes.length > 0 || isOver(state.status)) resume(index, state, event.data, at);
      break;
    case 'job.replanned':
    case 'job.nodeGone':
      break;
    case 'job.retryRefused':
      answered(state, event.data.order);
      break;
    case 'job.entered':
      state.nodes.forEach((node, i) => {
        node.entered = true;
        if (node.phase === 'waiting' && node.waiting === 0) state.agenda.add(i);
      });
      break;
    case 'job.outcomeAwaited':
      awaitOutcome(state, event.data.token);
      break;
    case 'job.workflowEnded':
      state.workflowEnded = event.data.status;
      break;
    case 'job.completed':
      state.finishedAt = at;
      delete state.paused;
      delete state.rollbackAsked;
      state.agenda.clear();
      break;
    default:
      return assertNever(event, 'job event');
  }
  state.status = status;
  return state;
}

function unshared(state: JobState, user: string): void {
  const left = (state.sharedWith ?? []).filter((each) => each !== user);
  if (left.length > 0) state.sharedWith = left;
  else delete state.sharedWith;
}

function evolveNode(index: GraphIndex, state: JobState, event: NodeEvent, at: number): JobState {
  const { nodeId } = event.data;
  const found = nodeById(index, state, nodeId);
  if (!found) throw new Error(`the journal names node ${nodeId}, which the graph lacks`);
  const { i, node } = found;
  const phase = nextPhase(node.phase, event.type, nodeId);
  switch (event.type) {
    case 'node.entered':
      node.entered = true;
      if (event.data.token !== undefined) {
        node.token = event.data.token;
        delete node.tokenLeft;
        if (phase === 'final') letGo(state, i);
      }
      if (phase === 'waiting' && node.waiting === 0) state.agenda.add(i);
      return state;
    case 'node.ready': {
      const { workerId: _, startedAt: _at, percentage: _done, ...rest } = factsOf(node);
      const { attempt, given } = event.data;
      const ready = { attempt, readyAt: at, since: node.since ?? at, ...present({ given }) };
      if (given) state.outputBytes += sizeOf(given);
      state.nodes[i] = { ...rest, phase: 'ready', ...ready };
      state.agenda.delete(i);
      return state;
    }
    case 'node.expanded':
      return expand(state, found, event.data.items, at);
    case 'node.retryScheduled': {
      const { nodeId: _node, attempt: _attempt, why: _why, dueAt, ...retry } = event.data;
      state.nodes[i] = { ...factsOf(node), phase: 'backoff', dueAt, retry };
      return state;
    }
    case 'node.edited':
      node.edited = event.data.input;
      return state;
    case 'node.overruled':
      overruled(state, i, event.data);
      return state;
    case 'node.completed':
      return complete(index, state, i, event.data, at);
    case 'attempt.started':
      state.nodes[i] = { ...factsOf(node), phase: 'running', workerId: event.data.workerId, startedAt: at };
      return state;
    case 'attempt.progressed':
      node.percentage = event.data.percentage;
      return state;
    case 'attempt.succeeded':
      node.outputs = event.data.outputs;
      state.outputBytes += sizeOf(event.data.outputs);
      delete node.failure;
      return state;
    case 'attempt.failed':
      failedOnce(state, node, event.data);
      delete node.lostOn;
      return state;
    case 'attempt.lost':
      if (isRefusal(node.phase, event.data.cause)) node.refusals = (node.refusals ?? 0) + 1;
      else node.losses += 1;
      node.lost = [...(node.lost ?? []), event.data.attempt];
      node.failure = { kind: 'lost', message: event.data.reason };
      delete node.outputs;
      return state;
    case 'attempt.ignored':
      node.lost = node.lost?.filter((attempt) => attempt !== event.data.attempt) ?? [];
      return state;
    case 'attempt.cancelRequested':
      node.cancelRequested = true;
      state.agenda.delete(i);
      return state;
    case 'attempt.reclassified':
      node.reclassifiedAt = event.data.askedAt;
      return state;
    default:
      return assertNever(event, 'node event');
  }
}

function failedOnce(state: JobState, node: NodeState, { attempt, failure, outputs }: AttemptFailed): void {
  // A batch cut short by a crash makes the same report decide again: one attempt spends the budget once.
  if (node.failedAttempt !== attempt) node.failures += 1;
  node.failedAttempt = attempt;
  node.failure = failure;
  // Those of an earlier attempt say nothing of this one.
  delete node.outputs;
  if (!outputs) return;
  node.outputs = outputs;
  state.outputBytes += sizeOf(outputs);
}

/** Characters of JSON; most are bytes. */
const sizeOf = (outputs: object): number => JSON.stringify(outputs).length;

/** A node without what only its phase has. */
function factsOf(node: NodeState) {
  if (node.phase !== 'backoff') {
    const { phase: _, ...facts } = node;
    return facts;
  }
  const { phase: _, dueAt: _at, ...facts } = node;
  return facts;
}

function complete(index: GraphIndex, state: JobState, i: number, data: NodeCompleted, at: number): JobState {
  const node = state.nodes[i] as NodeState;
  const { outcome, reason, failedUpstream, warning } = data;
  const place = { finishedAt: at, finishedSeq: state.seq, finishedBy: node.attempt };
  const ending = { outcome, ...place, ...present({ reason, failedUpstream, warning }) };
  const { retry: _, recovery: _recovery, ...facts } = factsOf(node);
  const letters = withLetter(node, data);
  state.nodes[i] = { ...facts, ...present({ letters }), phase: 'final', ...ending };
  state.agenda.delete(i);
  state.remaining -= 1;
  if (node.token !== undefined) letGo(state, i);
  if (node.item) {
    const parent = state.nodes[node.item.parent] as NodeState;
    if (parent.fanOut) parent.fanOut.open -= 1;
    if (parent.fanOut?.open === 0 && parent.phase === 'expanded') state.agenda.add(node.item.parent);
  }
  if (node.waiting === 0) letOn(index, state, i);
  if (outcome === 'failed' && index.graph.onFailure !== 'continue' && !state.failedFastBy) {
    state.failedFastBy = data.nodeId;
    state.nodes.forEach(({ phase }, k) => {
      if (phase === 'final' || phase === 'expanded') return;
      if (!survivesFailFast(nodeAt(index, state, k).spec.trigger)) state.agenda.add(k);
    });
  }
  return state;
}

/**
 * A node is over. What waits for it need not wait for it any more, near or far: behind nodes that were cancelled before
 * their turn as well, so that nothing cleans up what is still being made.
 */
function letOn(index: GraphIndex, { nodes, agenda }: JobState, node: number): void {
  const over = [node];
  for (let i = over.pop(); i !== undefined; i = over.pop()) {
    for (const d of index.dependents[i] ?? []) {
      const dependent = nodes[d] as NodeState;
      // It was over before this one ran again.
      if (dependent.waiting === 0) continue;
      dependent.waiting -= 1;
      if (dependent.waiting > 0) continue;
      if (dependent.phase === 'final') over.push(d);
      else if (dependent.phase === 'waiting' && dependent.entered) agenda.add(d);
    }
  }
}

/** The signatures under which a node has letters, now that it has ended. */
function withLetter(node: NodeState, data: NodeCompleted): string[] | undefined {
  const under = parkedUnder(node, data);
  if (under === undefined) return node.letters;
  return [under, ...(node.letters ?? []).filter((each) => each !== under)].slice(0, LIMITS.lettersOfNode);
}

/** It does not count as failed any more. */
function overruled(
  state: JobState,
  i: number,
  { nodeId, outcome, outputs, reason, by }: NodeOverruled,
): void {
  const node = state.nodes[i];
  if (node?.phase !== 'final') return;
  Object.assign(node, { outcome, reason: `${by}: ${reason}` });
  delete node.failure;
  delete node.failedUpstream;
  if (outcome === 'skipped') delete node.outputs;
  if (state.failedFastBy === nodeId) delete state.failedFastBy;
  if (!outputs) return;
  node.outputs = outputs;
  state.outputBytes += sizeOf(outputs);
}

/** Notes an order that is not to be answered again. */
function answered(state: JobState, order: string | undefined): void {
  if (order === undefined || state.orders?.includes(order)) return;
  state.orders = [...(state.orders ?? []), order].slice(-LIMITS.letterOrders);
}

/** Final nodes that keep their tokens: more than are answered at a time. A real token is some 800 characters. */
export const TOKENS_KEPT = 256;

/** Notes that a node is to be answered, and lets go of the token of the one that was so longest ago. */
function letGo(state: JobState, i: number): void {
  state.answered.push(i);
  if (state.answered.length <= TOKENS_KEPT) return;
  const oldest = state.nodes[state.answered.shift() as number];
  if (oldest?.phase !== 'final' || oldest.token === undefined) return;
  delete oldest.token;
  oldest.tokenLeft = true;
}

function expand(
  state: JobState,
  { i, id, node }: JobNode<NodeState>,
  values: readonly unknown[],
  at: number,
): JobState {
  const first = state.nodes.length;
  const total = values.length;
  const fanOut = { first, total, open: total };
  state.nodes[i] = { ...factsOf(node), phase: 'expanded', readyAt: at, fanOut };
  state.agenda.delete(i);
  values.forEach((value, index) => {
    const item = itemId(id, index);
    // It may have been one before: its attempts are known by their numbers, and its letters hear of it.
    const fresh = { waiting: 0, attempt: 0, ...state.retired.get(item), failures: 0, losses: 0 };
    state.retired.delete(item);
    state.nodes.push({ ...fresh, phase: 'waiting', entered: true, item: { parent: i, index, total, value } });
    state.items.set(item, first + index);
    state.agenda.add(first + index);
  });
  state.remaining += total;
  return state;
}

/** Executions that wait for the outcome of a job: more than there are unless somebody has old ones redriven again and again. */
export const OUTCOME_TOKENS_KEPT = 8;

function awaitOutcome(state: JobState, token: string): void {
  if (state.outcomeToken !== undefined) {
    const others = [...(state.outcomeTokens ?? []), state.outcomeToken];
    state.outcomeTokens = others.slice(-(OUTCOME_TOKENS_KEPT - 1));
  }
  state.outcomeToken = token;
}

/** An ended job is live again, or what failed in one that runs. */
function revive(state: JobState, at: number): void {
  state.revivedAt = at;
  // Of one that still runs, the workflow may yet have to be begun anew.
  if (state.finishedAt !== undefined) delete state.resuming;
  delete state.finishedAt;
  delete state.cancelReason;
  delete state.deadlinePassed;
  delete state.cancelForced;
  delete state.failedFastBy;
  delete state.workflowEnded;
  delete state.rollback;
  delete state.undoing;
  delete state.finalAtRun;
  delete state.idleRuns;
}

function replan(
  from: GraphIndex,
  to: GraphIndex,
  state: JobState,
  { keeps, graphHash }: JobReplanned,
  at: number,
): void {
  const kept = new Set(keeps);
  revive(state, at);
  layOut(from, to, state, { keeps: (id) => kept.has(id) });
  state.graphHash = graphHash;
}

/** Nodes run again, from the first phase on. Those of a new run of the workflow wait until it enters them. */
function resume(
  index: GraphIndex,
  state: JobState,
  { nodes, run, ...resumed }: JobResumed,
  at: number,
): void {
  const entered = resumed.entered === true;
  revive(state, at);
  if (run !== undefined) {
    const open = new Set(nodes);
    layOut(index, index, state, { keeps: (id) => !open.has(id), entered });
    return;
  }
  const again = new Set(nodes.map((id) => nodeById(index, state, id)?.i as number));
  const wereOver = [...again].filter((i) => hasEnded(state.nodes[i]));
  for (const i of again) {
    const { attempt, fanOut, item, token, tokenLeft, ...rest } = state.nodes[i] as NodeState;
    // Whoever waits for it may not have been answered yet.
    const kept = { ...carried(rest), ...present({ token, tokenLeft }) };
    const fresh = { attempt, ...kept, failures: 0, losses: 0, waiting: 0 };
    if (item) state.nodes[i] = { ...fresh, phase: 'waiting', entered: true, item };
    else if (fanOut)
      state.nodes[i] = { ...fresh, phase: 'expanded', entered, fanOut: { ...fanOut, open: 0 } };
    else state.nodes[i] = { ...fresh, phase: 'waiting', entered };
  }
  state.remaining += again.size;
  for (const i of wereOver) for (const d of index.dependents[i] ?? []) if (!again.has(d)) waitAgain(state, d);
  for (const i of again) {
    const node = state.nodes[i] as NodeState;
    node.waiting = (index.needs[i] ?? []).filter((need) => !hasEnded(state.nodes[need])).length;
    if (node.phase === 'waiting' && node.entered && node.waiting === 0) state.agenda.add(i);
    if (!node.item) continue;
    const parent = state.nodes[node.item.parent] as NodeState;
    if (parent.fanOut) parent.fanOut.open += 1;
  }
  // Its items stand as they are, and what they come to is gathered again.
  for (const i of again) {
    const node = state.nodes[i] as NodeState;
    if (node.phase === 'expanded' && node.fanOut?.open === 0) state.agenda.add(i);
  }
}

/** A node that is over; what was cancelled before its turn is not as long as what it waited for is not. */
function hasEnded(node: NodeState | undefined): boolean {
  return node?.phase === 'final' && node.waiting === 0;
}

/** What still waited for other nodes of a job that runs waits for this one once more. */
function waitAgain(state: JobState, i: number): void {
  const node = state.nodes[i] as NodeState;
  if (node.phase !== 'waiting' && node.waiting === 0) return;
  node.waiting += 1;
  state.agenda.delete(i);
}
