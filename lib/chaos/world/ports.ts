import { createMemoryHistory } from '../../adapters/memory/history';
import type { Effect } from '../../core/messages/effect';
import { misfitOf } from '../../core/messages/event-schema';
import { type EffectPorts, NO_NOTIFIER } from '../../core/ports/effects';
import type { Ground } from './ground';
import { isLossy } from './losses';
import type { Queues } from './queues';

/** What an effect is called once it is performed: the same for whoever derives it and for the port that performs it. */
export function performedAs(effect: Effect): string {
  switch (effect.kind) {
    case 'publish':
      return `publish ${effect.event.id}`;
    case 'startWorkflow':
      return `start ${effect.jobId} ${effect.run}`;
    case 'answerNode':
      return `answer ${effect.jobId}/${effect.answer.nodeId}/${effect.answer.token ?? ''}`;
    case 'answerOutcome':
      return `outcome ${effect.jobId} ${effect.status}`;
    case 'stopWorkflow':
      return `stop ${effect.jobId} ${effect.run}`;
    case 'parkLetter':
      return `letter ${effect.group}/${effect.letterId} ${effect.round}`;
    case 'releaseLetter':
      return `release ${effect.group}/${effect.letterId}`;
    default:
      return `${effect.kind} ${effect.id}`;
  }
}

/** The services that effects go to. They outlive every process, and note what they have done. */
export function createPorts(
  ground: Ground,
  deps: Pick<EffectPorts, 'workflow' | 'dispatcher' | 'letterBox'> & { readonly queues: Queues },
): EffectPorts {
  const { time, faults, watch } = ground;
  const { workflow, dispatcher, letterBox, queues } = deps;
  const done = (name: string) => watch.performed(name);
  return {
    streams: {
      async send({ to, message }, origin) {
        queues.send({ delivery: { to, message } as never, origin });
        done(`send ${origin.id}`);
      },
    },
    timers: {
      async schedule({ to, message }, dueAt, id) {
        const late = faults.strikes('delay', `timer ${id}`) ? 60_000 * faults.lot(`delay of timer ${id}`) : 0;
        const origin = { id, actor: { kind: 'timer', id: 'timers' } } as const;
        if (isLossy({ to, message } as never) && faults.strikes('lostMessage', `timer ${id}`))
          return done(`timer ${id}`);
        const fire = () => queues.send({ delivery: { to, message } as never, origin });
        time.setTimer(fire, Math.max(0, dueAt - time.now()) + late);
        if (faults.strikes('duplicate', `timer ${id}`))
          time.setTimer(fire, Math.max(0, dueAt - time.now()) + 90_000);
        done(`timer ${id}`);
      },
    },
    workflow: {
      async start(jobId, graphHash, run) {
        await workflow.start(jobId, graphHash, run);
        done(`start ${jobId} ${run}`);
      },
      async answerNode(jobId, answer) {
        await workflow.answerNode(jobId, answer);
        done(`answer ${jobId}/${answer.nodeId}/${answer.token ?? ''}`);
      },
      async answerOutcome(jobId, token, status) {
        await workflow.answerOutcome(jobId, token, status);
        done(`outcome ${jobId} ${status}`);
      },
      async stop(jobId, reason, run) {
        await workflow.stop(jobId, reason, run);
        done(`stop ${jobId} ${run}`);
      },
    },
    dispatcher: {
      async dispatch(effect) {
        await dispatcher.dispatch(effect);
        done(performedAs(effect));
      },
      async cancel(effect) {
        await dispatcher.cancel(effect);
        done(performedAs(effect));
      },
    },
    publisher: {
      async publish(event) {
        const misfit = misfitOf(event);
        if (misfit !== undefined) throw new Error(misfit);
        done(`publish ${event.id}`);
      },
    },
    sources: { arm: async () => undefined },
    submissions: { submit: async () => undefined },
    notifier: NO_NOTIFIER,
    letterBox: {
      async post(letter) {
        await letterBox.post(letter);
        done(`letter ${letter.group}/${letter.letterId} ${letter.round}`);
      },
      async release(message) {
        await letterBox.release(message);
        done(`release ${message.group}/${message.letterId}`);
      },
    },
    history: createMemoryHistory(),
  };
}
