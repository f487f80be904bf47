import {
  addressOf,
  type Delivery,
  jobAt,
  poolAt,
  streamOf,
  triggerAt,
} from '../../../../lib/core/messages/address';

describe('the address of a stream', () => {
  it.each(['job/01J', 'pool/default', 'trigger/nightly-1_a'])(
    'is its name, and the other way round: %s',
    (stream) => {
      expect(streamOf(addressOf(stream))).toBe(stream);
    },
  );

  it.each(['job', 'job/', 'Job/a', 'job/a/b', 'job/a b', `job/${'a'.repeat(65)}`, ''])(
    'is not %p',
    (text) => {
      expect(() => addressOf(text)).toThrow(`not a stream: ${text}`);
    },
  );
});

describe('a delivery', () => {
  it('takes a message to a stream of its kind only', () => {
    const fine: Delivery[] = [
      { to: jobAt('j'), message: { type: 'admit' } },
      { to: poolAt('p'), message: { type: 'sweep' } },
      { to: triggerAt('t'), message: { type: 'event', event: { id: 'e' } } },
    ];
    // @ts-expect-error: a pool admits jobs, and is not admitted.
    const toPool: Delivery = { to: poolAt('p'), message: { type: 'admit' } };
    // @ts-expect-error: a job does not sweep.
    const toJob: Delivery = { to: jobAt('j'), message: { type: 'sweep' } };
    expect(fine).not.toContain(toPool);
    expect(fine).not.toContain(toJob);
  });
});
