import type { GraphIndex } from '../dag/graph-index';
import { costOfAttempts } from '../dag/predict/bill';
import { PRICES } from '../dag/predict/prices';
import type { DependencyEvent } from '../dependency/events';
import type { LetterEvent } from '../dlq/events';
import type { GroupState } from '../dlq/state';
import type { JobEvent } from '../job/events';
import { nodeById } from '../job/nodes';
import { attemptsMade, type JobState } from '../job/state';
import type { Recorded } from '../journal/envelope';
import { attemptKey } from '../model/attempt';
import type { ReadOnly } from '../model/read-only';
import type { TargetEvent } from '../notify/events';
import type { PoolEvent } from '../scheduler/events';
import type { PoolState } from '../scheduler/state';
import { type Measurement, measured } from './metrics';

/** What an event that was just recorded says in numbers, given the state before it. Clocks that differ give no less than 0. */
export type Measure<State, Event extends { readonly type: string; readonly data: object }> = (
  state: ReadOnly<State>,
  event: Recorded<Event>,
) => readonly Measurement[];

const NOTHING: readonly Measurement[] = [];

const seconds = (ms: number): number => Math.max(0, ms) / 1_000;

/** The strategy of a retry whose event names none: the same again. */
const AGAIN = 'again';

export const measureJob =
  (index: (state: ReadOnly<JobState>) => GraphIndex): Measure<JobState, JobEvent> =>
  (state, event) => {
    const { at } = event;
    switch (event.type) {
      case 'job.submitted':
        return [measured('JobsSubmitted', 1, { priority: event.data.priority })];
      case 'job.admitted':
        return waited(state, at);
      case 'job.completed':
        return ended(state, event.data.status, at);
      case 'node.completed':
        return nodeEnded(index(state), state, event.data);
      case 'node.retryScheduled':
        return [measured('RetriesScheduled', 1, { strategy: event.data.strategy ?? AGAIN })];
      case 'attempt.succeeded':
      case 'attempt.failed':
        return attemptEnded(event);
      case 'attempt.lost':
        return [measured('AttemptsEnded', 1, { outcome: 'lost' })];
      case 'recovery.initiated':
        return [measured('RecoveriesStarted', 1, { cause: event.data.cause })];
      case 'recovery.completed':
        return [
          measured('RecoveriesEnded', 1, { outcome: 'completed' }),
          measured('RecoveryTime', seconds(event.data.durationMs), { strategy: event.data.strategy }),
        ];
      case 'recovery.failed':
        return [measured('RecoveriesEnded', 1, { outcome: 'failed' })];
      default:
        return NOTHING;
    }
  };

/** One that goes on after its end waits for nobody. */
function waited(state: ReadOnly<JobState>, at: number): readonly Measurement[] {
  const { submitted, submittedAt, startedAt } = state;
  if (!submitted || submittedAt === undefined || startedAt !== undefined) return NOTHING;
  const priority = state.priority ?? submitted.priority;
  return [measured('JobQueueWait', seconds(at - submittedAt), { priority })];
}

type Outcome = Extract<JobEvent, { type: 'job.completed' }>['data']['status'];

function ended(state: ReadOnly<JobState>, outcome: Outcome, at: number): readonly Measurement[] {
  const { submittedAt = at, nodes } = state;
  const attempts = nodes.reduce((sum, node) => sum + attemptsMade(node), 0);
  // A token is what an execution of a machine of its own waits with.
  const isOnOwnMachine = nodes.some(({ token, tokenLeft }) => token !== undefined || tokenLeft);
  return [
    measured('JobsEnded', 1, { outcome }),
    measured('JobDuration', seconds(at - submittedAt), { outcome }),
    measured('JobCost', costOfAttempts({ nodes: nodes.length, attempts, isOnOwnMachine }, PRICES)),
  ];
}

function nodeEnded(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  { nodeId, outcome }: Extract<JobEvent, { type: 'node.completed' }>['data'],
): readonly Measurement[] {
  const all = measured('NodesEnded', 1, { outcome });
  const retried = nodeById(index, state, nodeId)?.node.retry !== undefined;
  return retried ? [all, measured('RetriedNodesEnded', 1, { outcome })] : [all];
}

type AttemptEnded = Recorded<Extract<JobEvent, { type: 'attempt.succeeded' | 'attempt.failed' }>>;

function attemptEnded({ type, data }: AttemptEnded): readonly Measurement[] {
  const outcome = type === 'attempt.succeeded' ? 'succeeded' : 'failed';
  const both = [
    measured('AttemptsEnded', 1, { outcome }),
    measured('AttemptDuration', seconds(data.durationMs), { outcome }),
  ];
  if (type === 'attempt.succeeded') return both;
  return [...both, measured('AttemptFailures', 1, { class: data.diagnosis?.class ?? 'unknown' })];
}

export const measurePool: Measure<PoolState, PoolEvent> = (state, event) => {
  const { at } = event;
  switch (event.type) {
    case 'work.queued':
      return [measured('SchedulingDelay', seconds(at - event.data.readyAt))];
    case 'lease.granted': {
      const work = state.queued.get(attemptKey(event.data));
      if (!work) return NOTHING;
      return [measured('DispatchLatency', seconds(at - work.readyAt), { priority: work.priority })];
    }
    case 'lease.revoked': {
      const lease = state.leases.get(attemptKey(event.data));
      if (!lease || event.data.cause !== 'leaseExpired') return NOTHING;
      return [measured('LeaseOverrun', seconds(at - lease.expiresAt))];
    }
    case 'worker.cordoned':
      return [measured('WorkersCordoned', 1)];
    default:
      return NOTHING;
  }
};

export const measureDependency: Measure<unknown, DependencyEvent> = (_, event) => {
  switch (event.type) {
    case 'dependency.opened':
      return [measured('BreakerChanges', 1, { status: 'open' })];
    case 'dependency.halfOpened':
      return [measured('BreakerChanges', 1, { status: 'halfOpen' })];
    case 'dependency.closed':
    case 'dependency.reset':
      return [measured('BreakerChanges', 1, { status: 'closed' })];
    case 'dependency.forced':
      return [measured('BreakerChanges', 1, { status: event.data.status })];
    default:
      return NOTHING;
  }
};

export const measureLetters: Measure<GroupState, LetterEvent> = (state, event) => {
  switch (event.type) {
    case 'letter.parked':
      return [measured('LettersParked', 1, { kind: event.data.letter.kind })];
    case 'letter.reopened': {
      const kind = event.data.letter?.kind ?? state.letters.get(event.data.letterId)?.kind;
      return kind === undefined ? NOTHING : [measured('LettersParked', 1, { kind })];
    }
    case 'letter.redriven':
      return [measured('LettersRedriven', event.data.letters.length)];
    case 'letter.resolved':
      return [measured('LettersResolved', event.data.letters.length)];
    default:
      return NOTHING;
  }
};

export const measureTarget: Measure<unknown, TargetEvent> = (_, event) => {
  switch (event.type) {
    case 'delivery.succeeded':
      return [measured('DeliveriesEnded', 1, { outcome: 'succeeded' })];
    case 'delivery.failed':
      return [measured('DeliveriesEnded', 1, { outcome: 'failed' })];
    case 'delivery.parked':
      return [measured('DeliveriesEnded', 1, { outcome: 'parked' })];
    default:
      return NOTHING;
  }
};
