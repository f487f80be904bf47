import { type Ancestry, ancestryOf, isBefore, partsBeside } from './ancestry';
import { type Draft, flat, type Structure } from './structure';

/** A graph of up to so many nodes keeps its whole structure: it is drawn to be read, and its states cost next to nothing. */
const KEPT_WHOLE = 64;
/** States of structure that a larger one may have, for each node. */
const SHARE = 1 / 4;
/** Nodes that a machine holds at least; starting one is a state of structure too. */
const MACHINE_HOLDS = 500;

/**
 * The same structure with no more than a quarter as many states as nodes beside those of the nodes, so that a run enters
 * 1.25 states a node at most. A parallel is dissolved by keeping one of its branches in its place and putting the others
 * beside what it stands in, those first that this costs the fewest edges, the deepest of them. Its other order is lost to
 * the structure, and so becomes residual. O(edges * depth of the structure), iterative.
 * @param needs transitively reduced needs by node.
 */
export function withinBudget(structure: Structure, needs: readonly (readonly number[])[]): Structure {
  const nodes = needs.length;
  const ancestry = ancestryOf(structure, nodes);
  const parallels = ancestry.parts.reduce((sum, { kind }) => sum + (kind === 'parallel' ? 1 : 0), 0);
  const most = Math.floor(nodes * SHARE) - Math.floor(nodes / MACHINE_HOLDS);
  if (nodes <= KEPT_WHOLE || parallels <= most) return structure;
  // One less, for the state in which the job's outcome is awaited.
  return flat(dissolved(ancestry, cheapest(ancestry, needs, parallels - (most - 1))));
}

/** What a part becomes: what stays in its place, and the branches that move beside the part that it stands in. */
interface Moved {
  readonly kept: Draft;
  readonly beside: readonly Draft[];
}

function dissolved({ parts, parent }: Ancestry, choice: Choice): Draft {
  const inside: Moved[][] = parts.map(() => []);
  // From the last to the first: inner parts are done before outer ones, and each list is filled from its end.
  for (let at = parts.length - 1; at > 0; at--)
    inside[parent[at]!]!.push(moved(parts[at]!, inside[at]!.reverse(), choice.get(at)));
  return outermost(parts[0]!, inside[0]!.reverse());
}

/** @param stays the branch that stays of a parallel to dissolve. */
function moved(part: Structure, inside: readonly Moved[], stays: number | undefined): Moved {
  if (part.kind === 'series') return { kept: oneByOne(inside), beside: rails(inside) };
  if (part.kind !== 'parallel') return { kept: part, beside: [] };
  if (stays === undefined) return { kept: sideBySide(inside), beside: [] };
  const others = inside.filter((_, i) => i !== stays).map(({ kept }) => kept);
  return { kept: inside[stays]!.kept, beside: [...others, ...inside.flatMap(({ beside }) => beside)] };
}

/** What moves out of the parts of the outermost series is put beside those from the first to the last it comes from. */
function outermost(part: Structure, inside: readonly Moved[]): Draft {
  if (part.kind !== 'series') return sideBySide(inside);
  const moves = ({ beside }: Moved) => beside.length > 0;
  const from = inside.findIndex(moves);
  if (from < 0) return oneByOne(inside);
  const to = inside.findLastIndex(moves) + 1;
  const among = inside.slice(from, to);
  const joined: Moved = { kept: pair('parallel', [oneByOne(among), ...rails(among)]), beside: [] };
  return oneByOne([...inside.slice(0, from), joined, ...inside.slice(to)]);
}

const pair = (as: 'series' | 'parallel', of: readonly Draft[]): Draft => ({ kind: 'pair', as, of });

function oneByOne(inside: readonly Moved[]): Draft {
  return pair(
    'series',
    inside.map(({ kept }) => kept),
  );
}

function sideBySide(inside: readonly Moved[]): Draft {
  return pair(
    'parallel',
    inside.flatMap(({ kept, beside }) => [kept, ...beside]),
  );
}

/** The branches that move out of the parts of a series: what comes from a part is before what comes from the next. */
function rails(inside: readonly Moved[]): readonly Draft[] {
  const sources = inside.flatMap(({ beside }) => (beside.length === 0 ? [] : [beside]));
  if (sources.length === 1) return sources[0]!;
  const most = sources.reduce((longest, { length }) => Math.max(longest, length), 0);
  return Array.from({ length: most }, (_, rail) =>
    pair(
      'series',
      sources.flatMap((branches) => branches.slice(rail, rail + 1)),
    ),
  );
}

/** Per parallel to dissolve: the branch that stays. */
type Choice = ReadonlyMap<number, number>;

/** The parallels to dissolve, so that there are so many less. */
function cheapest(ancestry: Ancestry, needs: readonly (readonly number[])[], fewer: number): Choice {
  const { parts, parent, depth } = ancestry;
  const candidates = parts.flatMap(({ kind }, at) => (kind === 'parallel' && at > 0 ? [at] : []));
  const edges = edgesOfBranches(ancestry, needs);
  const branches: number[][] = parts.map(() => []);
  for (let at = 1; at < parts.length; at++) branches[parent[at]!]!.push(edges[at]!);
  const cost = (at: number) => branches[at]!.reduce((sum, own) => sum + own, 0) - Math.max(...branches[at]!);
  const costs = new Map(candidates.map((at) => [at, cost(at)]));
  candidates.sort((a, b) => costs.get(a)! - costs.get(b)! || depth[b]! - depth[a]! || b - a);
  const chosen = candidates.slice(0, fewer);
  // Those of the outermost series become one parallel together.
  if (parts[0]!.kind === 'series' && chosen.some((at) => parent[at] === 0))
    chosen.push(...candidates.slice(fewer, fewer + 1));
  return new Map(chosen.map((at) => [at, branches[at]!.indexOf(Math.max(...branches[at]!))]));
}

/** Per branch of a parallel: the edges to it from what comes before the parallel, and from it to what comes after. */
function edgesOfBranches(ancestry: Ancestry, needs: readonly (readonly number[])[]): Int32Array {
  const { parts, parent, leaf } = ancestry;
  const edges = new Int32Array(parts.length);
  const branchIn = (part: number, node: number) => {
    let at = leaf[node]!;
    while (parent[at] !== part) at = parent[at]!;
    return at;
  };
  needs.forEach((list, node) => {
    for (const need of list) {
      const [a, b] = partsBeside(ancestry, need, node);
      if (!isBefore(ancestry, a, b)) continue;
      if (parts[a]!.kind === 'parallel') edges[branchIn(a, need)]!++;
      if (parts[b]!.kind === 'parallel') edges[branchIn(b, node)]!++;
    }
  });
  return edges;
}
