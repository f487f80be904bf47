import type { Worker } from '../../lib/core/messages/pool';
import type { WorkerRegistry } from '../../lib/core/ports/registries';

/** What everybody keeps to who knows the workers of pools. */
export function describeWorkerRegistry(name: string, setup: () => Promise<WorkerRegistry>): void {
  describe(`worker registry: ${name}`, () => {
    let workers: WorkerRegistry;
    beforeEach(async () => {
      workers = await setup();
    });

    const worker: Worker = { workerId: 'w1', labels: ['linux'], slots: 2 };
    const register = (registration?: string, subject = 'fleet', at = 1_000) =>
      workers.register(
        'p',
        { ...worker, ...(registration !== undefined && { registration }) },
        {
          ...{ subject, at, due: at + 10_000 },
        },
      );

    it('answers which registration another one takes the place of', async () => {
      expect(await register('r1')).toEqual({});
      expect(await register('r2')).toEqual({ replaced: 'r1' });
      expect(await register('r3')).toEqual({ replaced: 'r2' });
      expect(await workers.find('p', 'w1')).toMatchObject({ registration: 'r3' });
    });

    it('knows of no registration before, where there was none or it had no name', async () => {
      expect(await register()).toEqual({});
      expect(await register('r1')).toEqual({});
      expect(
        await workers.register('q', { ...worker, registration: 'r2' }, { subject: 's', at: 1, due: 2 }),
      ).toEqual({});
    });

    it('answers nothing and keeps what it knows, where the id is of another subject', async () => {
      await register('r1');
      expect(await register('r2', 'mallory')).toBeUndefined();
      expect(await workers.find('p', 'w1')).toMatchObject({ registration: 'r1', registeredBy: 'fleet' });
    });

    it('knows the registration of one that is held for lost, until it is forgotten', async () => {
      await register('r1');
      await workers.markLost('p', 'w1', { lastSeenAt: 1_000, at: 60_000 });
      expect(await register('r2', 'fleet', 61_000)).toEqual({ replaced: 'r1' });
      await workers.markLost('p', 'w1', { lastSeenAt: 61_000, at: 120_000 });
      await workers.remove('p', 'w1');
      expect(await register('r3', 'fleet', 121_000)).toEqual({});
    });
  });
}
