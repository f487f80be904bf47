import { dueAfter, HEARTBEAT_SECONDS, idleSeconds } from '../../../../lib/core/recovery/pace';

describe('the pace of workers that have nothing to do', () => {
  it.each([
    [1, 10],
    [16, 10],
    [25, 16],
    [50, 31],
    [1_000, 31],
  ])('of a pool of %d is %d seconds', (workers, seconds) => {
    expect(idleSeconds(workers)).toBe(seconds);
  });

  it('never is faster than that of those that work', () => {
    expect(idleSeconds(0)).toBe(HEARTBEAT_SECONDS);
  });
});

describe('the next heartbeat', () => {
  it('is due when the worker says, and where it does not, as earlier versions have it', () => {
    expect(dueAfter(1_000, { nextSeconds: 31, connectionId: 'c' })).toBe(32_000);
    expect(dueAfter(1_000, { connectionId: 'c' })).toBe(41_000);
    expect(dueAfter(1_000, {})).toBe(11_000);
  });
});
