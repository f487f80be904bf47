import { isInTime, sendTicks } from '../../../lambdas/sweeper/ticks';

const NOW = 1_000_000;

describe('a call of the clock', () => {
  it('asks for every sweep until the next call of the clock, each of them when it is due', async () => {
    const send = jest.fn(async () => {});
    await sendTicks(send, NOW);
    expect((send.mock.calls as unknown[][]).map(([message]) => message)).toEqual(
      [10, 20, 30, 40, 50].map((seconds) => ({
        ...{ body: { dueAt: NOW + seconds * 1_000 }, delaySeconds: seconds },
      })),
    );
  });
});

describe('a tick', () => {
  it('is of no use any more when others have made it good', () => {
    expect(isInTime({ dueAt: NOW }, NOW + 25_000)).toBe(true);
    expect(isInTime({ dueAt: NOW }, NOW + 25_001)).toBe(false);
  });
});
