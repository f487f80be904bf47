import { type Cause, EMPTY_HEAD, type Recorded, record } from '../../../../lib/core/journal/envelope';
import { verifyChain } from '../../../../lib/core/journal/verify';

const cause: Cause = {
  at: 1_700_000_000_000,
  actor: { kind: 'user', id: 'ana' },
  causeId: 'request-1',
  correlationId: 'job/j1',
  traceId: 'trace-1',
};

function chain(n: number): Recorded[] {
  const events = Array.from({ length: n }, (_, i) => ({ type: 'node.entered', data: { nodeId: `n${i}` } }));
  return record('job/j1', EMPTY_HEAD, events, cause);
}

describe('the hash chain', () => {
  it('verifies as it was written, in one batch or in several', async () => {
    const first = chain(3);
    const last = first[2] as Recorded;
    const more = record('job/j1', { seq: last.seq, hash: last.hash }, [{ type: 'x', data: {} }], cause);
    expect(more[0]).toMatchObject({ seq: 4, prev: last.hash });
    expect(await verifyChain([...first, ...more], 'job/j1')).toEqual({ valid: true, events: 4 });
  });

  it('does not depend on the order of keys', async () => {
    const shuffled = chain(2).map(
      (event) => Object.fromEntries(Object.entries(event).reverse()) as unknown as Recorded,
    );
    expect(await verifyChain(shuffled, 'job/j1')).toEqual({ valid: true, events: 2 });
  });

  it.each<[string, (events: Recorded[]) => Recorded[], number]>([
    ['changed data', (e) => e.map((x) => (x.seq === 2 ? { ...x, data: { nodeId: 'evil' } } : x)), 2],
    ['a changed time', (e) => e.map((x) => (x.seq === 2 ? { ...x, at: x.at + 1 } : x)), 2],
    [
      'a changed actor',
      (e) => e.map((x) => (x.seq === 3 ? { ...x, actor: { kind: 'user', id: 'eve' } } : x)),
      3,
    ],
    ['a missing event', (e) => e.filter((x) => x.seq !== 2), 2],
    ['a missing first event', (e) => e.slice(1), 1],
    ['swapped events', ([a, b, ...rest]) => [b, a, ...rest] as Recorded[], 1],
    ['a repeated event', ([a, ...rest]) => [a, a, ...rest] as Recorded[], 2],
    ['an event of another stream', (e) => e.map((x) => (x.seq === 4 ? { ...x, stream: 'job/j2' } : x)), 4],
  ])('refuses %s and names the place', async (_, tamper, at) => {
    expect(await verifyChain(tamper(chain(4)), 'job/j1')).toMatchObject({ valid: false, at });
  });

  it('refuses an event rewritten together with its hash, at the event after it', async () => {
    const events = chain(4);
    const forged = record(
      'job/j1',
      { seq: 1, hash: events[0]?.hash as string },
      [{ type: 'evil', data: {} }],
      cause,
    );
    expect(await verifyChain([events[0], forged[0], events[2]] as Recorded[], 'job/j1')).toMatchObject({
      valid: false,
      at: 3,
    });
  });

  it('sees a cut tail when the head is known', async () => {
    const events = chain(4);
    const head = { seq: 4, hash: events[3]?.hash as string };
    expect(await verifyChain(events.slice(0, 3), 'job/j1', head)).toMatchObject({ valid: false, at: 4 });
    expect(await verifyChain(events, 'job/j1', head)).toEqual({ valid: true, events: 4 });
  });

  it('sees a tail rewritten as a whole when the head is known', async () => {
    const events = chain(2);
    const forged = record(
      'job/j1',
      { seq: 1, hash: events[0]?.hash as string },
      [{ type: 'evil', data: {} }],
      cause,
    );
    const head = { seq: 2, hash: events[1]?.hash as string };
    expect(await verifyChain([events[0], forged[0]] as Recorded[], 'job/j1', head)).toMatchObject({
      valid: false,
      at: 2,
    });
  });

  it('is not valid when it is empty', async () => {
    expect(await verifyChain([], 'job/j1')).toMatchObject({ valid: false, at: 0 });
  });
});
