import { createLocalQueues, type LocalQueuesDeps } from '../../../lib/adapters/embedded/runtime/queues';
import type { Recorded } from '../../../lib/core/journal/envelope';

const actor = { kind: 'user', id: 'ana' } as const;
const cancel = (id: string) => ({ id, actor, message: { type: 'cancel' as const, reason: 'x' } });
const event = (causeId: string, seq: number) => ({ causeId, seq }) as Recorded;

function queues(deps: Partial<LocalQueuesDeps> = {}) {
  const errors: unknown[] = [];
  const none = async () => [];
  const made = createLocalQueues({
    ...{
      handleJob: none,
      handlePool: none,
      handleTrigger: none,
      onError: (error) => void errors.push(error),
    },
    ...deps,
  });
  return { ...made, errors };
}

describe('asking a job', () => {
  it('is answered with what the message caused, and not with what its neighbours did', async () => {
    const { askJob } = queues({
      handleJob: async (_, batch) =>
        batch.flatMap(({ id }, i) => [event(id, 2 * i + 1), event(id, 2 * i + 2)]),
    });
    const [a, b] = await Promise.all([askJob('j', cancel('a')), askJob('j', cancel('b'))]);
    expect(a?.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(b?.map(({ seq }) => seq)).toEqual([3, 4]);
  });

  it('fails as handling it fails, and so does whatever stops the queues', async () => {
    const full = new Error('no space left on device');
    const { askJob, errors } = queues({ handleJob: async () => Promise.reject<[]>(full) });
    await expect(askJob('j', cancel('a'))).rejects.toBe(full);
    await new Promise(setImmediate);
    expect(errors).toEqual([full]);
  });

  it('fails at the end, also where the job died before it came to the message', async () => {
    const dies = queues({ handleJob: async () => Promise.reject<[]>(new Error('dead')) });
    await expect(dies.askJob('j', cancel('a'))).rejects.toThrow('dead');
    const later = dies.askJob('j', cancel('b'));
    void dies.close();
    await expect(later).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect(dies.askJob('j', cancel('c'))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});

describe('closing the queues', () => {
  it('waits for what is being handled, and drops what is queued', async () => {
    const handled: string[] = [];
    let go!: () => void;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { send, close } = queues({
      async handleJob(_, batch) {
        await gate;
        handled.push(...batch.map(({ id }) => id));
      },
    });
    send('j', cancel('a'));
    await new Promise(setImmediate);
    send('j', cancel('b'));
    let closed = false;
    const closing = close().then(() => {
      closed = true;
    });
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    go();
    await closing;
    await new Promise(setImmediate);
    expect(handled).toEqual(['a']);
  });

  it('is not kept from its end by a job and a trigger that wait for each other', async () => {
    const all = queues({
      handleJob: async () => [...(await all.askTrigger('t', { id: 'x', actor, message: { type: 'due' } }))],
      handleTrigger: async () => [...(await all.askJob('j', cancel('y')))],
    });
    const asked = all.askJob('j', cancel('a'));
    asked.catch(() => undefined);
    await new Promise(setImmediate);
    await all.close();
    await expect(asked).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    // Whoever closed it knows that it ends.
    expect(all.errors).toEqual([]);
  });
});
