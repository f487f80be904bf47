import { createLocalTriggers } from '../../lib/adapters/embedded/triggers/triggers';
import type { BusEvent } from '../../lib/core/messages/public-event';
import { describeEventPublisher } from './event-publisher.contract';

describeEventPublisher('this process', async () => {
  const heard: BusEvent[] = [];
  const triggers = createLocalTriggers({
    async ask({ message }) {
      if (message.type === 'event') heard.push(message.event);
      return [];
    },
    submit: async () => undefined,
    isRunning: async () => false,
    clock: () => 0,
  });
  return {
    publisher: triggers,
    listen: (pattern) => triggers.arm('t', { kind: 'event', pattern }),
    heard: async () => heard,
  };
});
