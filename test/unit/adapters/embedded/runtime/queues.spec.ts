import { createLocalQueues, type LocalQueuesDeps } from '../../../../../lib/adapters/embedded/runtime/queues';
import type { Recorded } from '../../../../../lib/core/journal/envelope';
import { jobAt, triggerAt } from '../../../../../lib/core/messages/address';

const cancel = { to: jobAt('j'), message: { type: 'cancel', reason: 'x' } } as const;
const due = { to: triggerAt('t'), message: { type: 'due' } } as const;
const as = (id: string) => ({ id, actor: { kind: 'user', id: 'ana' } as const });
const event = (causeId: string, seq: number) => ({ causeId, seq }) as Recorded;

function queues(deps: Partial<LocalQueuesDeps> = {}) {
  const errors: unknown[] = [];
  const made = createLocalQueues({
    ...{ handle: async () => [], onError: (error) => void errors.push(error) },
    ...deps,
  });
  return { ...made, errors };
}

describe('asking a job', () => {
  it('is answered with what the message caused, and not with what its neighbours did', async () => {
    const { ask } = queues({
      handle: async (_, batch) => batch.flatMap(({ id }, i) => [event(id, 2 * i + 1), event(id, 2 * i + 2)]),
    });
    const [a, b] = await Promise.all([ask(cancel, as('a')), ask(cancel, as('b'))]);
    expect(a?.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(b?.map(({ seq }) => seq)).toEqual([3, 4]);
  });

  it('fails as handling it fails, and so does whatever stops the queues', async () => {
    const full = new Error('no space left on device');
    const { ask, errors } = queues({ handle: async () => Promise.reject<[]>(full) });
    await expect(ask(cancel, as('a'))).rejects.toBe(full);
    await new Promise(setImmediate);
    expect(errors).toEqual([full]);
  });

  it('fails at the end, also where the job died before it came to the message', async () => {
    const dies = queues({ handle: async () => Promise.reject<[]>(new Error('dead')) });
    await expect(dies.ask(cancel, as('a'))).rejects.toThrow('dead');
    const later = dies.ask(cancel, as('b'));
    void dies.close();
    await expect(later).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect(dies.ask(cancel, as('c'))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
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
      async handle(_, batch) {
        await gate;
        handled.push(...batch.map(({ id }) => id));
        return [];
      },
    });
    await send(cancel, as('a'));
    await new Promise(setImmediate);
    await send(cancel, as('b'));
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
      handle: async ({ kind }) =>
        kind === 'job' ? [...(await all.ask(due, as('x')))] : [...(await all.ask(cancel, as('y')))],
    });
    const asked = all.ask(cancel, as('a'));
    asked.catch(() => undefined);
    await new Promise(setImmediate);
    await all.close();
    await expect(asked).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    // Whoever closed it knows that it ends.
    expect(all.errors).toEqual([]);
  });
});
