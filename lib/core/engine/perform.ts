import { assertNever } from '../errors';
import type { Effect } from '../messages/effect';
import type { EffectPorts } from '../ports/effects';

/** Performs one effect. Idempotent by its id: performing it again is harmless. */
export async function performEffect(ports: EffectPorts, effect: Effect): Promise<void> {
  switch (effect.kind) {
    case 'send':
      return ports.streams.send(effect, {
        id: effect.id,
        actor: { kind: 'engine', id: effect.cause.stream },
      });
    case 'timer':
      return ports.timers.schedule(effect, effect.dueAt, effect.id);
    case 'startWorkflow':
      return ports.workflow.start(effect.jobId, effect.graphHash, effect.run, effect.trace);
    case 'answerNode':
      return ports.workflow.answerNode(effect.jobId, effect.answer);
    case 'answerOutcome':
      return ports.workflow.answerOutcome(effect.jobId, effect.token, effect.status);
    case 'stopWorkflow':
      return ports.workflow.stop(effect.jobId, effect.reason, effect.run);
    case 'dispatch':
      return ports.dispatcher.dispatch(effect);
    case 'cancelExecution':
      return ports.dispatcher.cancel(effect);
    case 'publish':
      return ports.publisher.publish(effect.event);
    case 'parkLetter':
      return ports.letterBox.post(effect);
    case 'releaseLetter':
      return ports.letterBox.release(effect);
    case 'correct': {
      const { signature, correction, owner } = effect;
      return ports.history.correct(signature, correction, owner === undefined ? 'everyone' : { owner });
    }
    case 'armTrigger':
      return ports.sources.arm(effect.triggerId, effect.source);
    case 'deliver': {
      const { target, deliveryId, attempt } = effect;
      return ports.notifier.deliver({ target, deliveryId, attempt });
    }
    case 'submitJob':
      return ports.submissions.submit(effect.jobId, effect.submission, effect.id);
    default:
      return assertNever(effect, 'effect');
  }
}
