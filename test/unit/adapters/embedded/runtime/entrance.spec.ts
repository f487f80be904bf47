import { createEntrance } from '../../../../../lib/adapters/embedded/runtime/entrance';
import { createVirtualTime } from '../../../../../lib/adapters/memory/virtual-time';
import type { PoolMessage } from '../../../../../lib/core/messages/pool';

const queued = (jobId: string): PoolMessage => ({
  ...{ type: 'jobQueued', jobId, owner: 'ana', priority: 'normal', queuedAt: 0 },
});

function world() {
  const time = createVirtualTime(0);
  const entrance = createEntrance({ clock: time.now, setTimer: time.setTimer });
  const sent: string[] = [];
  const ends: (() => void)[] = [];
  return {
    ...{ time, entrance, sent },
    /** Submissions that come together; those that there is room for are under way. */
    submit: (count: number) =>
      Array.from({ length: count }, () =>
        entrance.submit(() => new Promise<void>((resolve) => void ends.push(resolve))),
      ),
    async end(count: number): Promise<void> {
      for (let n = 0; n < count; n++) {
        ends.shift()?.();
        for (let turns = 0; turns < 5; turns++) await Promise.resolve();
      }
    },
    tell: (message: PoolMessage) =>
      entrance.tellPool(message, () => {
        sent.push('jobId' in message ? `${message.type} ${message.jobId}` : message.type);
      }),
  };
}

describe('the entrance of a runtime', () => {
  it('lets a job begin at once while there is room for all submissions', () => {
    const { submit, tell, sent } = world();
    submit(16);
    tell(queued('a'));
    expect(sent).toEqual(['jobQueued a']);
  });

  it('lets jobs begin when no submission waits any more, in their order, and one in a turn', async () => {
    const { time, submit, end, tell, sent } = world();
    submit(18);
    for (const jobId of ['a', 'b']) tell(queued(jobId));
    await time.advance(100);
    expect(sent).toEqual([]);
    await end(2);
    tell(queued('c'));
    // What sees that they may begin, and then a turn for each.
    for (const begun of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
      expect(time.step()).toBe(true);
      expect(sent).toEqual(begun.map((jobId) => `jobQueued ${jobId}`));
    }
    tell(queued('d'));
    expect(sent.at(-1)).toBe('jobQueued d');
  });

  it('sends what a job tells meanwhile after that, and at once what others tell', async () => {
    const { time, submit, end, tell, sent } = world();
    submit(17);
    tell(queued('a'));
    tell({ type: 'jobOver', jobId: 'a' });
    tell({ type: 'jobOver', jobId: 'b' });
    tell({ type: 'queueChanged', status: 'paused' });
    expect(sent).toEqual(['jobOver b', 'queueChanged']);
    await end(1);
    await time.advance(2);
    expect(sent.slice(2)).toEqual(['jobQueued a', 'jobOver a']);
  });

  it('lets a job begin after five seconds, though submissions never end', async () => {
    const { time, submit, tell, sent } = world();
    submit(100);
    tell(queued('a'));
    await time.advance(4_990);
    tell(queued('b'));
    expect(sent).toEqual([]);
    await time.advance(20);
    expect(sent).toEqual(['jobQueued a']);
  });

  it('makes room for the next when a submission fails', async () => {
    const { entrance } = world();
    const failing = Array.from({ length: 40 }, () =>
      entrance.submit(async () => {
        throw new Error('the disk is full');
      }),
    );
    const settled = await Promise.allSettled(failing);
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(40);
    expect(await entrance.submit(async () => 'in')).toBe('in');
  });

  it('sends nothing once it is closed', async () => {
    const { time, entrance, submit, end, tell, sent } = world();
    submit(17);
    tell(queued('a'));
    entrance.close();
    tell(queued('b'));
    await end(17);
    expect(time.next()).toBe(false);
    expect(sent).toEqual([]);
  });
});
