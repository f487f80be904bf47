import type { BusEvent, PublicEvent } from '../../lib/core/messages/public-event';
import type { EventPublisher } from '../../lib/core/ports/effects';

export interface EventPublisherSetup {
  readonly publisher: EventPublisher;
  /** Has events of this pattern heard from now on. */
  readonly listen: (pattern: Readonly<Record<string, unknown>>) => Promise<unknown>;
  /** Events as listeners of the bus get them. */
  readonly heard: () => Promise<readonly BusEvent[]>;
}

const ended = (jobId: string, over: Partial<PublicEvent> = {}): PublicEvent => ({
  id: `job/${jobId}/9`,
  type: 'orchestration.execution.failed',
  at: Date.parse('2026-03-02T10:20:30.456Z'),
  detail: { jobId, owner: 'Zoë "Z"', outcomes: { failed: 2 }, list: [1.5, null, 'a\nb'] },
  ...over,
});

/** What every publisher keeps to. Events may be heard again: `detail.id` tells. */
export function describeEventPublisher(name: string, setup: () => Promise<EventPublisherSetup>): void {
  describe(`event publisher: ${name}`, () => {
    let world: EventPublisherSetup;
    beforeEach(async () => {
      world = await setup();
    });

    const ids = async () => (await world.heard()).map(({ detail }) => (detail as { id: string }).id);

    it('puts an event on the bus as the engine, with all it says, its id and its time', async () => {
      await world.listen({ source: ['reprise'] });
      await world.publisher.publish(ended('j', { owner: 'Zoë' }));
      const [event, ...more] = await world.heard();
      expect(more).toEqual([]);
      expect(event).toMatchObject({ source: 'reprise', 'detail-type': 'orchestration.execution.failed' });
      expect(event?.['detail']).toEqual({
        ...ended('j', { owner: 'Zoë' }).detail,
        ...{ id: 'job/j/9', at: '2026-03-02T10:20:30.456Z', reprise_owner: 'Zoë', reprise_version: 1 },
      });
    });

    it('gives a repeat the id of the first', async () => {
      await world.listen({ source: ['reprise'] });
      for (let i = 0; i < 2; i++) await world.publisher.publish(ended('j'));
      expect(new Set(await ids())).toEqual(new Set(['job/j/9']));
    });

    it('publishes all of many events that come at once', async () => {
      await world.listen({ source: ['reprise'] });
      const jobs = Array.from({ length: 25 }, (_, i) => `j${i}`);
      await Promise.all(jobs.map((jobId) => world.publisher.publish(ended(jobId))));
      expect(new Set(await ids())).toEqual(new Set(jobs.map((jobId) => `job/${jobId}/9`)));
    });

    it('lets listeners choose by type and by what is in the detail', async () => {
      await world.listen({ 'detail-type': ['orchestration.execution.failed'], detail: { jobId: ['j1'] } });
      await world.publisher.publish(
        ended('j1', { type: 'orchestration.execution.completed', id: 'job/j1/8' }),
      );
      await world.publisher.publish(ended('j1'));
      await world.publisher.publish(ended('j2'));
      expect(await ids()).toEqual(['job/j1/9']);
    });

    it('leaves out what is undefined', async () => {
      await world.listen({ source: ['reprise'], detail: { trigger: [{ exists: false }] } });
      await world.publisher.publish(ended('j', { detail: { jobId: 'j', trigger: undefined } }));
      await world.publisher.publish(ended('k', { detail: { jobId: 'k', trigger: 't' } }));
      expect(await ids()).toEqual(['job/j/9']);
    });

    it('is heard by nobody where nobody listens', async () => {
      await world.publisher.publish(ended('j'));
      await world.listen({ source: ['reprise'] });
      expect(await world.heard()).toEqual([]);
    });
  });
}
