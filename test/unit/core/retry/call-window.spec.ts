import fc from 'fast-check';
import { LIMITS } from '../../../../lib/core/limits';
import {
  type Call,
  type CallWindow,
  changesWindow,
  tripped,
  withCall,
} from '../../../../lib/core/retry/call-window';

const policy = { windowSize: 4, minimumCalls: 2, failureRateThreshold: 50, slowCallRateThreshold: 75 };
const good = (by = 'g'): Call => ({ ok: true, by });
const bad = (by = 'b'): Call => ({ ok: false, by });
const slow = (by = 's'): Call => ({ ok: true, slow: true, by });

describe('a window of calls', () => {
  it('says nothing before there are enough of them', () => {
    expect(tripped(policy, [bad()])).toBeUndefined();
    expect(tripped(policy, [bad(), bad()])).toBe('2 of the last 2 calls failed, at or above 50 %');
  });

  it('counts the latest ones only', () => {
    expect(tripped(policy, [bad(), bad(), good(), good(), good(), good()])).toBeUndefined();
    expect(tripped(policy, [bad(), good(), bad(), good(), good()])).toBeUndefined();
    expect(tripped(policy, [bad(), good(), bad(), good()])).toBe(
      '2 of the last 4 calls failed, at or above 50 %',
    );
  });

  it('has a threshold of its own for calls that are slow, whether they succeed or not', () => {
    expect(tripped(policy, [slow(), slow(), good(), good()])).toBeUndefined();
    expect(tripped(policy, [slow(), slow(), slow(), good()])).toBe(
      '3 of the last 4 calls were slow, at or above 75 %',
    );
    expect(
      tripped({ ...policy, failureRateThreshold: 100 }, [slow(), slow(), { ...bad(), slow: true }]),
    ).toBe('3 of the last 3 calls were slow, at or above 75 %');
  });

  it('holds as many as any policy may count', () => {
    let window: CallWindow = [];
    for (let i = 0; i < LIMITS.callWindow + 10; i++) window = withCall(window, good(`${i}`));
    expect(window).toHaveLength(LIMITS.callWindow);
    expect(window.at(-1)?.by).toBe(`${LIMITS.callWindow + 9}`);
  });

  it('says the same whether the calls that do not change it are kept or not', () => {
    const call = fc.constantFrom(good(), good(), good(), good(), bad(), slow());
    const size = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), size, size, (calls, windowSize, minimum) => {
        const any = { ...policy, windowSize, minimumCalls: Math.min(minimum, windowSize) };
        let [all, kept]: CallWindow[] = [[], []];
        for (const each of calls) {
          all = withCall(all ?? [], each);
          if (changesWindow(any, kept ?? [], each)) kept = withCall(kept ?? [], each);
          expect(tripped(any, kept ?? [])).toBe(tripped(any, all));
        }
      }),
    );
  });

  it('that is full of good ones is not changed by another: what is well costs nothing', () => {
    const full = Array.from({ length: 4 }, (_, i) => good(`${i}`));
    expect(changesWindow(policy, full, good())).toBe(false);
    expect(changesWindow(policy, full.slice(1), good())).toBe(true);
    expect(changesWindow(policy, full, bad())).toBe(true);
    expect(changesWindow(policy, full, slow())).toBe(true);
  });
});
