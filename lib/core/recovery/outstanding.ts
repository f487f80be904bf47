import { deadline, queued, requeued, startWorkflow, underWay } from '../job/effects';
import { jobNodes } from '../job/nodes';
import { type JobContext, offers, timer, toPool, withdrawal } from '../job/offers';
import { outstandingSteps } from '../job/rollback-effects';
import { isRollingBack } from '../job/rollback-state';
import { jobAt, streamOf } from '../messages/address';
import { type Effect, type EffectOf, effectsOf } from '../messages/effect';
import { isOver } from '../model/outcome';
import { present } from '../model/present';

/**
 * What the state of a job still waits for from outside, derived afresh: what a runtime performs when it takes over a job
 * whose last process died. Performing it beside effects that did happen is harmless.
 * @param seq of the event that the state ends with.
 */
export function outstandingEffects(context: JobContext, seq: number): Effect[] {
  const { jobId, state, index } = context;
  const make = effectsOf({ stream: streamOf(jobAt(jobId)), seq });
  const { status, submitted, submittedAt = 0, priority } = state;
  if (status === 'new' || isOver(status)) return [];
  if (status === 'submitted' && submitted) {
    return [
      make(queued(context, { ...submitted, ...present({ priority }) }, submittedAt), 'outstanding'),
      ...deadline(context, make),
    ];
  }
  const effects: Effect[] = [
    make(startWorkflow(context), 'outstanding/workflow'),
    ...deadline(context, make),
    ...place(context, submittedAt).map((effect) => make(effect, 'outstanding/queue')),
    ...(state.paused
      ? [make(toPool(state, { type: 'jobHeld', jobId, version: seq }), 'outstanding/held')]
      : []),
  ];
  for (const { id: nodeId, node } of jobNodes(index, state)) {
    const part = `outstanding/${nodeId}`;
    if (node.phase === 'backoff') {
      const message = { type: 'timerDue' as const, nodeId, attempt: node.attempt + 1 };
      effects.push(make(timer(jobId, message, node.dueAt), part));
    }
    if (node.phase === 'ready' || node.phase === 'running') {
      const ref = { nodeId, attempt: node.attempt };
      effects.push(...offers(context, ref).map((offer) => make(offer, part)));
      if (node.cancelRequested) {
        effects.push(make(withdrawal(context, ref, state.cancelReason ?? 'cancelled'), `${part}/cancel`));
      }
    }
  }
  return [...effects, ...outstandingSteps(context, make)];
}

/** Its place in its pool: where it goes on after its end it is admitted anew, else it has one. What is undone needs none. */
function place(context: JobContext, submittedAt: number): EffectOf[] {
  const { state } = context;
  if (state.since === undefined) return [underWay(context, submittedAt)];
  return isRollingBack(state) ? [] : [requeued(context, state.revivedAt ?? submittedAt)];
}
