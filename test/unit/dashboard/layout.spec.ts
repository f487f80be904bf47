import { layOut, NODE_HEIGHT, NODE_WIDTH } from '../../../dashboard/src/graph/layout';

/** A graph of this many nodes in lines of ten. */
const lines = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `n${i}`,
    needs: i >= count / 10 ? [`n${i - count / 10}`] : [],
  }));

describe.each([
  ['small', 40],
  ['large', 1_000],
])('a %s graph', (_, count) => {
  const nodes = lines(count);
  const spots = layOut(nodes);
  const at = new Map(nodes.map(({ id }, place) => [id, spots[place]!]));

  it('has every node right of all it needs', () => {
    const wrong = nodes.filter(({ id, needs }) =>
      needs.some((need) => at.get(need)!.x + NODE_WIDTH > at.get(id)!.x),
    );
    expect([spots.length, wrong]).toEqual([count, []]);
  });

  it('has no two nodes in one place', () => {
    const cells = spots.map(({ x, y }) => `${Math.round(x / NODE_WIDTH)} ${Math.round(y / NODE_HEIGHT)}`);
    expect(new Set(cells).size).toBe(count);
  });
});

it('lays a node out whose need is not of the graph', () => {
  expect(layOut([{ id: 'a', needs: ['gone'] }])).toHaveLength(1);
});
