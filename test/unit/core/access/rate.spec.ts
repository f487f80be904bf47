import fc from 'fast-check';
import { type Bucket, takeOne } from '../../../../lib/core/access/rate';

const RATE = { perSecond: 2, burst: 3 };

/** Takes at each of these times, and says of each whether there was room. */
function taken(times: readonly number[], rate = RATE): number[] {
  let bucket: Bucket | undefined;
  return times.map((at) => {
    const took = takeOne(rate, bucket, at);
    bucket = took.bucket;
    return took.waitMs;
  });
}

describe('a caller', () => {
  it('may ask a burst at once, and from then on as often as the rate says', () => {
    expect(taken([0, 0, 0, 0, 499, 500, 500])).toEqual([0, 0, 0, 500, 1, 0, 500]);
  });

  it('who waits as long as it is told gets through', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 60 }), (gaps) => {
        let [bucket, now]: [Bucket | undefined, number] = [undefined, 0];
        for (const gap of gaps) {
          now += gap;
          const { bucket: next, waitMs } = takeOne(RATE, bucket, now);
          bucket = next;
          if (waitMs > 0) expect(takeOne(RATE, bucket, now + waitMs).waitMs).toBe(0);
        }
      }),
    );
  });

  it('gets no more of any stretch of time than a burst and what the rate adds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { minLength: 1, maxLength: 80 }), (gaps) => {
        let now = 0;
        const times = gaps.map((gap) => (now += gap));
        const granted = taken(times).filter((wait) => wait === 0).length;
        const [first = 0] = times;
        expect(granted).toBeLessThanOrEqual(RATE.burst + ((now - first) * RATE.perSecond) / 1_000 + 1e-6);
      }),
    );
  });

  it('gains nothing by a clock that goes back', () => {
    expect(taken([1_000, 1_000, 1_000, 0])).toEqual([0, 0, 0, 500]);
  });
});
