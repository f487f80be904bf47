import { jobAt, poolAt, streamOf, triggerAt } from '../../lib/core/messages/address';
import type { Worker } from '../../lib/core/messages/pool';
import type { JournalStore } from '../../lib/core/ports/stores';
import type { StreamAsker } from '../../lib/core/ports/streams';

export interface StreamAskerSetup {
  readonly streams: StreamAsker;
  /** Of the streams that are asked. */
  readonly journal: Pick<JournalStore, 'read'>;
}

const worker = (workerId: string): Worker => ({ workerId, labels: ['linux'], slots: 1 });
const as = (id: string) => ({ id, actor: { kind: 'user', id: 'ana' } as const, traceId: 't' });

/** What everybody keeps to who is told something and answers with what it causes. */
export function describeStreamAsker(name: string, setup: () => Promise<StreamAskerSetup>): void {
  describe(`stream asker: ${name}`, () => {
    let world: StreamAskerSetup;
    beforeEach(async () => {
      world = await setup();
    });

    const pool = poolAt('p');
    const register = (workerId: string, id = `m-${workerId}`) =>
      world.streams.ask(
        { to: pool, message: { type: 'workerRegistered', worker: worker(workerId) } },
        as(id),
      );

    async function journalOf(stream: string) {
      const events = [];
      for await (const event of world.journal.read(stream)) events.push(event);
      return events;
    }

    it('answers with the events that the message caused, which are in the journal by then', async () => {
      const events = await register('w');
      expect(events.map(({ type }) => type)).toEqual(['worker.registered']);
      expect(await journalOf(streamOf(pool))).toEqual(events);
    });

    it('records who asked, by which message, and in which trace', async () => {
      const [event] = await register('w');
      expect(event).toMatchObject({
        actor: as('').actor,
        causeId: 'm-w',
        traceId: 't',
        stream: 'pool/p',
        seq: 1,
      });
    });

    it('answers each of several that ask at the same time with what its own message caused', async () => {
      const ids = ['a', 'b', 'c', 'd', 'e'];
      const answers = await Promise.all(ids.map((id) => register(id)));
      for (const [i, events] of answers.entries()) {
        expect(events.map(({ data }) => (data as Worker).workerId)).toEqual([ids[i]]);
      }
      const recorded = await journalOf(streamOf(pool));
      expect(recorded.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    });

    it('answers with nothing where the message changes nothing', async () => {
      const remove = { to: triggerAt('t'), message: { type: 'delete' } } as const;
      expect(await world.streams.ask(remove, as('m'))).toEqual([]);
      expect(await journalOf('trigger/t')).toEqual([]);
    });

    it('throws what deciding the message throws, and records nothing', async () => {
      const pause = { to: jobAt('nobody'), message: { type: 'pause', reason: 'x' } } as const;
      await expect(world.streams.ask(pause, as('m'))).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
      expect(await journalOf('job/nobody')).toEqual([]);
    });
  });
}
