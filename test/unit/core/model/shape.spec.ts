import { shapeOf } from '../../../../lib/core/model/shape';

describe('the shape of a value', () => {
  it.each<[unknown, number, number]>([
    [1, 0, 1],
    [null, 0, 1],
    [[], 1, 1],
    [{}, 1, 1],
    [[1, 2], 1, 3],
    [{ a: [{ b: 1 }], c: 'x' }, 3, 5],
  ])('of %j is %d levels and %d values', (value, depth, values) => {
    expect(shapeOf(value)).toEqual({ depth, values });
  });

  it('counts what several places share wherever it stands', () => {
    const shared = [1, 2, 3];
    expect(shapeOf([shared, shared, { again: shared }])).toEqual({ depth: 3, values: 14 });
  });

  it('of a bomb of shared lists is found without going through all of it', () => {
    let bomb: unknown[] = [1];
    for (let i = 0; i < 60; i++) bomb = Array(10).fill(bomb);
    expect(shapeOf(bomb).values).toBeGreaterThan(1e60);
  });

  it('of what lies inside itself has no end', () => {
    const inside: unknown[] = [1];
    inside.push({ again: [inside] });
    expect(shapeOf([inside]).depth).toBe(Number.POSITIVE_INFINITY);
  });

  it('is found at any depth', () => {
    expect(shapeOf(JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).depth).toBe(200_000);
  });
});
