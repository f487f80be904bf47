import type { Layout, Point } from './layout';
import type { Picture } from './picture';
import { PLAIN } from './svg-node';
import { px } from './xml';

/** The edges, those of the critical path last: on top. */
export function edgePaths({ edges }: Picture, layout: Layout): string[] {
  const kinds = new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, edge]));
  const paths = layout.edges.map(({ from, to, points }) => {
    const edge = kinds.get(`${from} ${to}`)!;
    const classes = ['edge', ...(edge.residual ? ['held'] : []), ...(edge.critical ? ['critical'] : [])];
    return {
      critical: edge.critical,
      path: `<path class="${classes.join(' ')}" ${PLAIN} d="${curve(points)}"/>`,
    };
  });
  return [...paths.filter(({ critical }) => !critical), ...paths.filter(({ critical }) => critical)].map(
    ({ path }) => path,
  );
}

/** Lines across columns, curves between them, in turn. */
function curve(points: readonly Point[]): string {
  const [start, ...rest] = points;
  let d = `M${at(start!)}`;
  let from = start!;
  rest.forEach((to, i) => {
    const middle = (from.x + to.x) / 2;
    const isAcross = i % 2 === 0 || Math.abs(from.y - to.y) < 0.05;
    d += isAcross ? `L${at(to)}` : `C${at({ x: middle, y: from.y })} ${at({ x: middle, y: to.y })} ${at(to)}`;
    from = to;
  });
  return d;
}

function at({ x, y }: Point): string {
  return `${px(x)} ${px(y)}`;
}
