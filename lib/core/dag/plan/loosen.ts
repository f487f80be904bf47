import { type Contraction, unlink } from './contract';
import type { Links } from './links';

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
 * O(V log V) and a small constant of steps per edge. The best change of each kind per vertex is considered.
 * @returns how many edges between nodes were taken out, by how many changes.
 */
export function loosen(graph: Contraction, moves: number): { taken: number; made: number } {
  const { before, after, firsts, lasts } = graph;
  const touched = new Uint8Array(graph.draft.length);
  let made = 0;
  let taken = 0;
  for (const { kind, a, b } of candidates(graph)) {
    if (made > 0 && (touched[a] === 1 || touched[b] === 1)) continue;
    touched[a] = 1;
    touched[b] = 1;
    for (const edge of kind === 'series' ? aroundSeries(graph, a, b) : aroundTwins(graph, a, b)) {
      const from = before.end[edge]!;
      const to = after.end[edge]!;
      taken += lasts[from]! * firsts[to]!;
      unlink(graph, edge);
      touched[from] = 1;
      touched[to] = 1;
    }
    if (++made >= moves) break;
  }
  return { taken, made };
}

/** Per vertex the best change of each kind, the best of all first. */
function candidates(graph: Contraction): Move[] {
  const { alive, before, after, firsts, lasts } = graph;
  const inLasts = new Int32Array(firsts.length);
  const outFirsts = new Int32Array(firsts.length);
  for (const v of alive) {
    inLasts[v] = sum(before, v, lasts);
    outFirsts[v] = sum(after, v, firsts);
  }
  const moves: Move[] = [];
  for (const a of alive) {
    const series = bestSeries(graph, a, { inLasts, outFirsts });
    const twins = bestTwins(graph, a, { inLasts, outFirsts });
    if (series) moves.push(series);
    if (twins) moves.push(twins);
  }
  return moves.sort(compareMoves);
}

/** Sums over the neighbours of every vertex. */
interface Around {
  readonly inLasts: Int32Array;
  readonly outFirsts: Int32Array;
}

function bestSeries(graph: Contraction, a: number, { inLasts, outFirsts }: Around): Move | undefined {
  const { after, firsts, lasts } = graph;
  const out = lasts[a]! * outFirsts[a]!;
  let b = -1;
  let cost = 0;
  let gain = 0;
  for (let edge = after.first[a]!; edge >= 0; edge = after.next[edge]!) {
    const v = after.end[edge]!;
    const itsGain = lasts[a]! * firsts[v]!;
    const itsCost = out + firsts[v]! * inLasts[v]! - 2 * itsGain;
    if (b >= 0 && !isBefore(itsCost - cost, gain - itsGain, v - b)) continue;
    b = v;
    cost = itsCost;
    gain = itsGain;
  }
  return b < 0 ? undefined : { kind: 'series', a, b, cost, gain };
}

function bestTwins(graph: Contraction, a: number, { inLasts, outFirsts }: Around): Move | undefined {
  const { before, after, firsts, lasts } = graph;
  const twins = twinCandidates(graph, a);
  if (twins.length === 0) return undefined;
  const inStamp = markEnds(graph, before, a);
  const outStamp = markEnds(graph, after, a);
  let b = -1;
  let cost = 0;
  let gain = 0;
  for (const v of twins) {
    const inShared = sharedSum(graph, before, v, lasts, inStamp);
    const outShared = sharedSum(graph, after, v, firsts, outStamp);
    const itsGain = ((firsts[a]! + firsts[v]!) * inShared + (lasts[a]! + lasts[v]!) * outShared) / 2;
    const around = firsts[a]! * inLasts[a]! + lasts[a]! * outFirsts[a]!;
    const itsCost = around + firsts[v]! * inLasts[v]! + lasts[v]! * outFirsts[v]! - 2 * itsGain;
    if (itsCost === 0 || (b >= 0 && !isBefore(itsCost - cost, gain - itsGain, v - b))) continue;
    b = v;
    cost = itsCost;
    gain = itsGain;
  }
  return b < 0 ? undefined : { kind: 'twins', a, b, cost, gain };
}

/** The cheapest first; among those, the one that keeps most; then by number, so that the choice is repeatable. */
function compareMoves(x: Move, y: Move): number {
  return x.cost - y.cost || y.gain - x.gain || x.a - y.a || x.b - y.b;
}

/** `compareMoves` of two changes of the same vertex, by the differences. */
function isBefore(cost: number, gain: number, b: number): boolean {
  return cost < 0 || (cost === 0 && (gain < 0 || (gain === 0 && b < 0)));
}

function sum({ first, next, end }: Links, vertex: number, weights: Int32Array): number {
  let total = 0;
  for (let edge = first[vertex]!; edge >= 0; edge = next[edge]!) total += weights[end[edge]!]!;
  return total;
}

/** Marks the neighbours of a vertex on one side with a new stamp. No vertex is a neighbour on both sides. */
function markEnds(graph: Contraction, { first, next, end }: Links, vertex: number): number {
  const { mark } = graph;
  const stamp = ++graph.stamp;
  for (let edge = first[vertex]!; edge >= 0; edge = next[edge]!) mark[end[edge]!] = stamp;
  return stamp;
}

/** The weights of the neighbours that have this stamp. */
function sharedSum(
  { mark }: Contraction,
  { first, next, end }: Links,
  vertex: number,
  weights: Int32Array,
  stamp: number,
): number {
  let total = 0;
  for (let edge = first[vertex]!; edge >= 0; edge = next[edge]!) {
    if (mark[end[edge]!] === stamp) total += weights[end[edge]!]!;
  }
  return total;
}

/** A few vertices that share a neighbour with this one: the neighbour with the fewest such vertices. */
function twinCandidates({ before, after }: Contraction, vertex: number): number[] {
  let siblings = after;
  let shared = -1;
  for (let edge = before.first[vertex]!; edge >= 0; edge = before.next[edge]!) {
    const v = before.end[edge]!;
    if (shared < 0 || after.count[v]! < after.count[shared]!) shared = v;
  }
  for (let edge = after.first[vertex]!; edge >= 0; edge = after.next[edge]!) {
    const v = after.end[edge]!;
    if (shared >= 0 && before.count[v]! >= siblings.count[shared]!) continue;
    siblings = before;
    shared = v;
  }
  const chosen: number[] = [];
  if (shared < 0) return chosen;
  for (let edge = siblings.first[shared]!; edge >= 0; edge = siblings.next[edge]!) {
    if (siblings.end[edge]! > vertex) chosen.push(siblings.end[edge]!);
    if (chosen.length === TWIN_CANDIDATES) break;
  }
  return chosen;
}

/** Edges to take out so that `b` is all that follows `a`, and `a` all that `b` needs. */
function aroundSeries({ before, after }: Contraction, a: number, b: number): number[] {
  const edges: number[] = [];
  for (let edge = after.first[a]!; edge >= 0; edge = after.next[edge]!) {
    if (after.end[edge] !== b) edges.push(edge);
  }
  for (let edge = before.first[b]!; edge >= 0; edge = before.next[edge]!) {
    if (before.end[edge] !== a) edges.push(edge);
  }
  return edges;
}

/** Edges to take out so that `a` and `b` have the same neighbours. */
function aroundTwins(graph: Contraction, a: number, b: number): number[] {
  const edges: number[] = [];
  const addOwn = (side: Links, own: number, other: number) => {
    const stamp = markEnds(graph, side, other);
    for (let edge = side.first[own]!; edge >= 0; edge = side.next[edge]!) {
      if (graph.mark[side.end[edge]!] !== stamp) edges.push(edge);
    }
  };
  addOwn(graph.before, a, b);
  addOwn(graph.after, a, b);
  addOwn(graph.before, b, a);
  addOwn(graph.after, b, a);
  return edges;
}
