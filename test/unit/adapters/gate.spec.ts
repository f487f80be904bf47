import { createGate } from '../../../lib/adapters/gate';

/** Work that is over when the test says so. */
function held() {
  let end!: (error?: Error) => void;
  const over = new Promise<void>((done, failed) => {
    end = (error) => (error ? failed(error) : done());
  });
  return { over, end };
}
const settle = () => new Promise((done) => setImmediate(done));

describe('a gate', () => {
  it('lets so much in at a time, in the order in which it came, failures included', async () => {
    const gate = createGate(2);
    const works = Array.from({ length: 5 }, held);
    const begun: number[] = [];
    const results = works.map(({ over }, i) =>
      gate(() => {
        begun.push(i);
        return over.then(() => i);
      }),
    );
    await settle();
    expect(begun).toEqual([0, 1]);
    works[1]?.end(new Error('disk full'));
    await expect(results[1]).rejects.toThrow('disk full');
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    works[0]?.end();
    works[2]?.end();
    await settle();
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    for (const { end } of works) end();
    expect(await Promise.allSettled(results)).toMatchObject([
      { value: 0 },
      { status: 'rejected' },
      { value: 2 },
      { value: 3 },
      { value: 4 },
    ]);
    expect(await gate(async () => 'again')).toBe('again');
  });
});
