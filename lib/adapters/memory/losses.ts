import type { Delivery } from '../../core/messages/address';
import type { Origin } from '../../core/messages/envelope';
import type { EffectPorts } from '../../core/ports/effects';

/** Something that is on its way: a message in its queue, or a call of a port. */
export type OnItsWay =
  | { readonly via: 'queue'; readonly delivery: Delivery; readonly origin: Origin }
  | { readonly via: 'timer'; readonly delivery: Delivery; readonly dueAt: number }
  | {
      readonly via: 'workflow';
      readonly call: 'start' | 'answerNode' | 'answerOutcome' | 'stop';
      readonly jobId: string;
    }
  | { readonly via: 'dispatch' | 'cancel'; readonly jobId: string; readonly nodeId: string };

/** Whether it gets lost: whoever sent it believes that it arrived, and nobody ever sends it again. */
export type Loses = (what: OnItsWay) => boolean;

/** Ports between which things get lost; what goes by `streams` is lost in the queue. */
export function lossyPorts(ports: EffectPorts, loses: Loses): EffectPorts {
  const { timers, workflow, dispatcher } = ports;
  const isLost = (call: Extract<OnItsWay, { via: 'workflow' }>['call'], jobId: string) =>
    loses({ via: 'workflow', call, jobId });
  return {
    ...ports,
    timers: {
      async schedule(delivery, dueAt, id) {
        if (!loses({ via: 'timer', delivery, dueAt })) await timers.schedule(delivery, dueAt, id);
      },
    },
    workflow: {
      async start(jobId, ...rest) {
        if (!isLost('start', jobId)) await workflow.start(jobId, ...rest);
      },
      async answerNode(jobId, ...rest) {
        if (!isLost('answerNode', jobId)) await workflow.answerNode(jobId, ...rest);
      },
      async answerOutcome(jobId, ...rest) {
        if (!isLost('answerOutcome', jobId)) await workflow.answerOutcome(jobId, ...rest);
      },
      async stop(jobId, ...rest) {
        if (!isLost('stop', jobId)) await workflow.stop(jobId, ...rest);
      },
    },
    dispatcher: {
      async dispatch(effect) {
        const { jobId, nodeId } = effect.work;
        if (!loses({ via: 'dispatch', jobId, nodeId })) await dispatcher.dispatch(effect);
      },
      async cancel(effect) {
        const { jobId, nodeId } = effect.work;
        if (!loses({ via: 'cancel', jobId, nodeId })) await dispatcher.cancel(effect);
      },
    },
  };
}
