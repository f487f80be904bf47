import { createLocalTriggers } from '../../lib/adapters/embedded/triggers/triggers';
import { createVirtualTime } from '../../lib/adapters/memory/virtual-time';
import type { TriggerMessage } from '../../lib/core/messages/trigger';
import { describeTriggerSources, type Heard, START } from './trigger-sources.contract';

describeTriggerSources('this process', async () => {
  const time = createVirtualTime(START);
  const heard: Heard[] = [];
  let events = 0;
  const triggers = createLocalTriggers({
    ...{ clock: time.now, setTimer: time.setTimer },
    async ask({ to, message }, { id }) {
      heard.push({ triggerId: to.id, message: message as TriggerMessage, id, at: time.now() });
      return [];
    },
    submit: async () => undefined,
    isRunning: async () => false,
  });
  return {
    sources: triggers,
    advance: time.advance,
    put: (source, type, detail) =>
      triggers.offer({ id: `e${++events}`, source, 'detail-type': type, detail }),
    heard: async () => heard,
  };
});
