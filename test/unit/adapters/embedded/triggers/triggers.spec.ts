import { createLocalTriggers } from '../../../../../lib/adapters/embedded/triggers/triggers';
import { EVENT_SOURCE } from '../../../../../lib/core/messages/public-event';

describe('an event of the engine that a trigger cannot be told of', () => {
  it('fails what published it where that is a job, whose end then counts as not dealt with', async () => {
    const dead = new Error('dead');
    const triggers = createLocalTriggers({
      ask: async () => Promise.reject(dead),
      submit: async () => undefined,
      isRunning: async () => true,
      clock: () => 0,
    });
    await triggers.arm('t', { kind: 'event', pattern: { source: [EVENT_SOURCE] } });
    const event = { type: 'orchestration.execution.completed', at: 0, detail: {} };
    await expect(triggers.publish({ ...event, id: 'job/j/8' })).rejects.toBe(dead);
    // Not waited for: two triggers that listen to each other would wait for ever.
    await expect(triggers.publish({ ...event, id: 'trigger/s/2' })).resolves.toBeUndefined();
  });
});
