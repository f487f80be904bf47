import { type Breaker, CLOSED, failure, stateOf, success } from '../../../../lib/core/retry/breaker';

const policy = { opensAfter: 3, openMs: 1_000, longestMs: 3_000 };

/** After failures at these times. */
const after = (...times: number[]): Breaker =>
  times.reduce((breaker, at) => failure(policy, breaker, at), CLOSED);

describe('a breaker', () => {
  it('is closed until it has failed so many times in a row', () => {
    expect(stateOf(after(1, 2), 2)).toEqual({ kind: 'closed' });
    expect(stateOf(failure(policy, success(after(1, 2)), 3), 3)).toEqual({ kind: 'closed' });
  });

  it('then is open for its time, says why, and is half open after it', () => {
    const open = after(1, 2, 3);
    const why = '3 failures in a row, opened once';
    expect(stateOf(open, 3)).toEqual({ kind: 'open', until: 1_003, why });
    expect(stateOf(open, 1_002)).toEqual({ kind: 'open', until: 1_003, why });
    expect(stateOf(open, 1_003)).toEqual({ kind: 'halfOpen', why });
  });

  it('learns nothing from what fails while it is open', () => {
    const open = after(1, 2, 3);
    expect(failure(policy, open, 4)).toBe(open);
  });

  it('opens again at the first failure of its half-open time, for twice as long, up to its longest', () => {
    let [breaker, at, expected] = [after(1, 2, 3), 1_003, 2_000];
    for (let i = 0; i < 4; i++) {
      breaker = failure(policy, breaker, at);
      expect(stateOf(breaker, at)).toMatchObject({ kind: 'open', until: at + expected });
      at += expected;
      expected = Math.min(expected * 2, policy.longestMs);
    }
    expect(stateOf(breaker, at)).toMatchObject({ why: '3 failures in a row, opened 5 times' });
  });

  it('is closed by one success, as if it had never opened', () => {
    expect(success(after(1, 2, 3))).toEqual(CLOSED);
  });

  it('never stays open longer for having opened a thousand times', () => {
    const worn: Breaker = { failures: 3, openings: 2_000, openUntil: 0 };
    expect(stateOf(failure(policy, worn, 5), 5)).toMatchObject({ until: 3_005 });
  });

  it('is plain JSON, and no change alters the one before', () => {
    const open = Object.freeze(after(1, 2, 3));
    failure(policy, open, 5_000);
    success(open);
    expect(JSON.parse(JSON.stringify(open))).toEqual({ failures: 3, openings: 1, openUntil: 1_003 });
  });
});
