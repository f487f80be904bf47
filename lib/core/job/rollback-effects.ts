import type { Recorded } from '../journal/envelope';
import { type Effect, type EffectOf, effectsOf } from '../messages/effect';
import type { NodeAttempt } from '../model/attempt';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { Work } from '../model/work';
import { workWith } from './edited';
import type { RollbackEvent } from './events';
import { type JobNode, nodeAt, nodeById } from './nodes';
import { observations } from './observations';
import { type JobContext, offer, released, timer } from './offers';
import { isRollingBack, type StepState } from './rollback-state';

/** The effects that an event of a rollback requires, seen from a state at or after it. */
export function rollbackEffects(context: JobContext, event: Recorded<RollbackEvent>): Effect[] {
  const make = effectsOf(event);
  switch (event.type) {
    case 'rollback.stepReady': {
      const { nodeId, attempt } = event.data;
      const found = nodeById(context.index, context.state, nodeId);
      const step = found && context.state.rollback?.steps.get(found.i);
      if (!found || step?.phase !== 'ready' || step.attempt !== attempt) return [];
      return stepOffers(context, found, step).map((each) => make(each));
    }
    case 'rollback.stepScheduled':
      return [make(dueTimer(context, event.data, event.data.dueAt))];
    case 'rollback.stepSucceeded':
    case 'rollback.stepFailed':
    case 'rollback.stepLost':
      return [make(released(context, event.data)), ...observations(context, event)];
    default:
      return [];
  }
}

/** What the steps of a rollback still wait for from outside. @param make makes an effect of the state. */
export function outstandingSteps(
  context: JobContext,
  make: (effect: EffectOf, part: string) => Effect,
): Effect[] {
  const { index, state } = context;
  if (!isRollingBack(state)) return [];
  return [...(state.rollback?.steps ?? [])].flatMap(([i, step]) => {
    const found = nodeAt(index, state, i);
    const part = `outstanding/${found.id}`;
    if (step.phase === 'backoff') {
      const next = { nodeId: found.id, attempt: step.attempt + 1 };
      return [make(dueTimer(context, next, step.dueAt ?? 0), part)];
    }
    if (step.phase !== 'ready' && step.phase !== 'running') return [];
    return stepOffers(context, found, step).map((each) => make(each, part));
  });
}

function dueTimer({ jobId }: JobContext, { nodeId, attempt }: NodeAttempt, dueAt: number): EffectOf {
  return timer(jobId, { type: 'timerDue', nodeId, attempt }, dueAt);
}

/** Asks the pool to hand out the attempt of a step that is ready. */
export function stepOffers(context: JobContext, found: JobNode, step: ReadOnly<StepState>): EffectOf[] {
  const { node } = found;
  const work = compensation(found);
  if (!work || node.phase !== 'final') return [];
  const { attempt, readyAt, retry } = step;
  // Of those that may be undone now, what was complete last goes first.
  return [offer(context, found, { attempt, readyAt, retry, work, rank: node.finishedSeq })];
}

/** What undoes a node: it is given what the node was given, and what that handed on. Its tests are not run. */
function compensation({ spec, node }: JobNode): Work | undefined {
  if (spec.compensate === undefined || node.phase !== 'final') return undefined;
  const { variables, secrets } = workWith(spec.work, node.given);
  const of = { attempt: node.finishedBy, ...present({ outputs: node.outputs }) };
  return {
    kind: 'command',
    run: spec.compensate,
    ...present({ variables, secrets: secrets && [...secrets] }),
    compensates: of,
  };
}
