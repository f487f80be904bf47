import { createProcessTimers } from '../../lib/adapters/embedded/runtime/timers';
import { createVirtualTime } from '../../lib/adapters/memory/virtual-time';
import { type Delivery, jobAt } from '../../lib/core/messages/address';
import { type Delivered, deliveredOf, describeTimers } from './timers.contract';

function world() {
  const time = createVirtualTime(1_000_000);
  const delivered: Delivered[] = [];
  const timers = createProcessTimers({
    clock: time.now,
    setTimer: time.setTimer,
    streams: { send: async (delivery, origin) => void delivered.push(deliveredOf(delivery, origin)) },
  });
  return { time, delivered, timers };
}

describeTimers('this process', async () => {
  const { time, delivered, timers } = world();
  return { timers, now: time.now, advance: time.advance, delivered: () => delivered };
});

describe('timers: this process', () => {
  const due: Delivery = { to: jobAt('j'), message: { type: 'timerDue', nodeId: 'n', attempt: 2 } };

  it('never asks for a delay that setTimeout would take for none', async () => {
    const { time, delivered, timers } = world();
    await timers.schedule(due, time.now() + 60 * 86_400_000, 'job/j/1');
    expect(Math.max(...time.delays())).toBeLessThanOrEqual(2 ** 31 - 1);
    await time.advance(59 * 86_400_000);
    expect(delivered).toEqual([]);
    await time.advance(86_400_000);
    expect(delivered).toHaveLength(1);
  });

  it('waits on when it is woken early', async () => {
    const { time, delivered, timers } = world();
    await timers.schedule(due, time.now() + 1_000, 'job/j/1');
    time.setBack(10);
    await time.advance(1_000);
    expect(delivered).toEqual([]);
    await time.advance(10);
    expect(delivered).toHaveLength(1);
  });

  it('delivers nothing more once it is closed', async () => {
    const { time, delivered, timers } = world();
    await timers.schedule(due, time.now() + 1_000, 'job/j/1');
    timers.close();
    await time.advance(2_000);
    expect(delivered).toEqual([]);
  });

  it('forgets those of a stream that is over, and no others', async () => {
    const { time, delivered, timers } = world();
    await timers.schedule(due, time.now() + 1_000, 'job/j/1');
    const other: Delivery = { ...due, to: jobAt('other') };
    await timers.schedule(other, time.now() + 1_000, 'job/other/1');
    timers.forget(jobAt('j'));
    await time.advance(2_000);
    expect(delivered.map(({ to }) => to.id)).toEqual(['other']);
  });

  it('sets the same timer once', async () => {
    const { time, delivered, timers } = world();
    await timers.schedule(due, time.now() + 1_000, 'job/j/1');
    await timers.schedule(due, time.now() + 1_000, 'job/j/1');
    await time.advance(1_000);
    expect(delivered).toHaveLength(1);
  });
});
