import { type Contraction, unlink } from './contract';

/** A change that makes two vertices contractible, and the number of edges that it takes out of the structure. */
interface Move {
  readonly kind: 'series' | 'twins';
  readonly a: number;
  readonly b: number;
  readonly cost: number;
  /** Edges that the contraction then keeps. */
  readonly gain: number;
}

/** Candidates for a twin that are looked at per vertex. */
const TWIN_CANDIDATES = 4;

/**
 * Takes edges out of a graph that has nothing to contract, the fewest that make something contractible: those
 * edges become residual. Which few edges make an order series-parallel is NP-hard; this is greedy. Up to `moves`
 * cheapest changes whose vertices are not adjacent to each other's are made at once.
 * O(V log V) and a small constant of set look-ups per edge. The best change of each kind per vertex is considered.
 * @returns how many edges between nodes were taken out.
 */
export function loosen(graph: Contraction, moves: number): number {
  const touched = new Set<number>();
  let made = 0;
  let taken = 0;
  for (const move of candidates(graph)) {
    if (made > 0 && (touched.has(move.a) || touched.has(move.b))) continue;
    const gone =
      move.kind === 'series' ? aroundSeries(graph, move.a, move.b) : aroundTwins(graph, move.a, move.b);
    touched.add(move.a).add(move.b);
    for (const [from, to] of gone) {
      taken += graph.lasts[from]! * graph.firsts[to]!;
      unlink(graph, from, to);
      touched.add(from).add(to);
    }
    if (++made >= moves) break;
  }
  return taken;
}

function candidates(graph: Contraction): Move[] {
  const { draft, before, after, firsts, lasts } = graph;
  const outWeight = after.map((set, v) => lasts[v]! * sum(set, firsts));
  const inWeight = before.map((set, v) => firsts[v]! * sum(set, lasts));
  const moves: Move[] = [];
  for (let a = 0; a < draft.length; a++) {
    if (draft[a] === undefined) continue;
    let best: Move | undefined;
    for (const b of after[a]!) {
      const gain = lasts[a]! * firsts[b]!;
      const move: Move = { kind: 'series', a, b, gain, cost: outWeight[a]! + inWeight[b]! - 2 * gain };
      if (!best || compareMoves(move, best) < 0) best = move;
    }
    if (best) moves.push(best);
    best = undefined;
    for (const b of twinCandidates(graph, a)) {
      const cost = differenceWeight(graph, a, b) + differenceWeight(graph, b, a);
      if (cost === 0) continue;
      const gain = (inWeight[a]! + outWeight[a]! + inWeight[b]! + outWeight[b]! - cost) / 2;
      const move: Move = { kind: 'twins', a, b, cost, gain };
      if (!best || compareMoves(move, best) < 0) best = move;
    }
    if (best) moves.push(best);
  }
  return moves.sort(compareMoves);
}

/** The cheapest first; among those, the one that keeps most; then by number, so that the choice is repeatable. */
function compareMoves(x: Move, y: Move): number {
  return x.cost - y.cost || y.gain - x.gain || x.a - y.a || x.b - y.b;
}

function sum(set: ReadonlySet<number>, weights: readonly number[]): number {
  let total = 0;
  for (const v of set) total += weights[v]!;
  return total;
}

/** A few vertices that share a neighbour with this one: the neighbour with the fewest such vertices. */
function twinCandidates({ before, after }: Contraction, vertex: number): number[] {
  let siblings: ReadonlySet<number> | undefined;
  for (const v of before[vertex]!) if (!siblings || after[v]!.size < siblings.size) siblings = after[v]!;
  for (const v of after[vertex]!) if (!siblings || before[v]!.size < siblings.size) siblings = before[v]!;
  const chosen: number[] = [];
  for (const v of siblings ?? []) {
    if (v > vertex) chosen.push(v);
    if (chosen.length === TWIN_CANDIDATES) break;
  }
  return chosen;
}

type Edge = readonly [from: number, to: number];

/** Edges to take out so that `b` is all that follows `a`, and `a` all that `b` needs. */
function aroundSeries({ before, after }: Contraction, a: number, b: number): Edge[] {
  const edges: Edge[] = [];
  for (const v of after[a]!) if (v !== b) edges.push([a, v]);
  for (const v of before[b]!) if (v !== a) edges.push([v, b]);
  return edges;
}

/** Edges to take out so that `a` and `b` have the same neighbours. */
function aroundTwins({ before, after }: Contraction, a: number, b: number): Edge[] {
  const edges: Edge[] = [];
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const v of before[x]!) if (!before[y]!.has(v)) edges.push([v, x]);
    for (const v of after[x]!) if (!after[y]!.has(v)) edges.push([x, v]);
  }
  return edges;
}

/** Weight of the edges that `x` has and `y` has not. */
function differenceWeight({ before, after, firsts, lasts }: Contraction, x: number, y: number): number {
  let total = 0;
  for (const v of before[x]!) if (!before[y]!.has(v)) total += lasts[v]! * firsts[x]!;
  for (const v of after[x]!) if (!after[y]!.has(v)) total += lasts[x]! * firsts[v]!;
  return total;
}
