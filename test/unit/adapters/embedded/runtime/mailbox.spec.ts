import { createMailbox, nextTurn } from '../../../../../lib/adapters/embedded/runtime/mailbox';

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await nextTurn();
}

describe('a mailbox', () => {
  it('hands over as one batch what arrived while the last one was handled', async () => {
    const batches: number[][] = [];
    let release = () => {};
    const box = createMailbox<number>(
      async (batch) => {
        batches.push([...batch]);
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      },
      (error) => {
        throw error;
      },
    );
    box.push(1);
    await turns(2);
    for (const n of [2, 3, 4]) box.push(n);
    await turns(2);
    expect(batches).toEqual([[1]]);
    release();
    await turns(2);
    expect(batches).toEqual([[1], [2, 3, 4]]);
    release();
    await turns(2);
    box.push(5);
    await turns(2);
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('gathers what one turn of the event loop brings', async () => {
    const batches: number[][] = [];
    const box = createMailbox<number>(
      async (batch) => void batches.push([...batch]),
      () => undefined,
    );
    for (const n of [1, 2, 3]) box.push(n);
    await turns(2);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('says each time that nothing is left', async () => {
    const said: string[] = [];
    const box = createMailbox<number>(
      async (batch) => void said.push(batch.join()),
      () => undefined,
      nextTurn,
      () => void said.push('idle'),
    );
    box.push(1);
    await turns(2);
    box.push(2);
    box.push(3);
    await turns(2);
    expect(said).toEqual(['1', 'idle', '2,3', 'idle']);
  });

  it('is dead after an error, which it tells once', async () => {
    const errors: unknown[] = [];
    let handled = 0;
    const box = createMailbox<number>(
      async () => {
        handled += 1;
        throw new Error('disk full');
      },
      (error) => void errors.push(error),
    );
    box.push(1);
    await turns(2);
    box.push(2);
    await turns(2);
    expect(errors).toEqual([new Error('disk full')]);
    expect(handled).toBe(1);
  });
});
