import { append, type Links, links, remove } from './links';
import { type Neighbours, reversed } from './neighbours';
import type { Draft } from './structure';

/** An acyclic, transitively reduced graph whose vertices stand for whole structures. */
export interface Order {
  readonly drafts: readonly Draft[];
  /** How many nodes of a vertex have nothing before them inside it, and how many have nothing after them. */
  readonly firsts: Int32Array;
  readonly lasts: Int32Array;
  /** Per vertex its direct predecessors, ascending. */
  readonly before: Neighbours;
}

/**
 * An order that shrinks until nothing is left to contract. An edge between two vertices stands for every edge from
 * a last node of the one to a first node of the other.
 */
export interface Contraction {
  /** Undefined once a vertex was contracted into another. */
  readonly draft: (Draft | undefined)[];
  /** The vertices, ascending, those left out that were contracted before the last `remainder`. */
  alive: readonly number[];
  readonly firsts: Int32Array;
  readonly lasts: Int32Array;
  readonly before: Links;
  readonly after: Links;
  /** Sums of `tag` over the neighbours, modulo 2^30: equal neighbourhoods have equal sums. */
  readonly beforeSum: Int32Array;
  readonly afterSum: Int32Array;
  /** Vertices to look at: their neighbourhood changed. */
  readonly dirty: number[];
  /** Vertices by neighbourhood; entries may be out of date. */
  readonly twins: Map<number, number>;
  /** Vertices of interest at the moment: those that have the newest stamp. */
  readonly mark: Int32Array;
  stamp: number;
}

export function contraction({ drafts, firsts, lasts, before }: Order): Contraction {
  const size = drafts.length;
  const { start, list } = before;
  const graph: Contraction = {
    draft: [...drafts],
    alive: drafts.map((_, vertex) => vertex),
    firsts: firsts.slice(),
    lasts: lasts.slice(),
    before: links(size, list.length),
    after: links(size, list.length),
    beforeSum: new Int32Array(size),
    afterSum: new Int32Array(size),
    dirty: drafts.map((_, i) => size - 1 - i),
    twins: new Map(),
    mark: new Int32Array(size),
    stamp: 0,
  };
  for (let vertex = 0; vertex < size; vertex++) {
    for (let edge = start[vertex]!; edge < start[vertex + 1]!; edge++) link(graph, edge, list[edge]!, vertex);
  }
  return graph;
}

/** 30 bits: the sum of two is a small integer for the JavaScript engine, and takes no memory. */
const TAG_BITS = 0x3fffffff;

/** Scatters vertex numbers over 30 bits, so that sums of them hardly ever agree by chance. */
function tag(vertex: number): number {
  const mixed = Math.imul(vertex + 1, 0x9e3779b1);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) & TAG_BITS;
}

export function unlink(graph: Contraction, edge: number): void {
  const from = graph.before.end[edge]!;
  const to = graph.after.end[edge]!;
  remove(graph.after, from, edge);
  remove(graph.before, to, edge);
  graph.afterSum[from] = (graph.afterSum[from]! - tag(to)) & TAG_BITS;
  graph.beforeSum[to] = (graph.beforeSum[to]! - tag(from)) & TAG_BITS;
  graph.dirty.push(from, to);
}

function link(graph: Contraction, edge: number, from: number, to: number): void {
  append(graph.after, from, edge, to);
  append(graph.before, to, edge, from);
  graph.afterSum[from] = (graph.afterSum[from]! + tag(to)) & TAG_BITS;
  graph.beforeSum[to] = (graph.beforeSum[to]! + tag(from)) & TAG_BITS;
}

/**
 * Contracts what is series or parallel, until nothing is: two vertices where the one is all that follows the
 * other, and the other all it needs, become their series; vertices with the same neighbours on both sides become
 * their parallel. Both keep the order exactly; a series-parallel order ends as one vertex.
 * (Valdes, Tarjan, Lawler 1982, "The recognition of series parallel digraphs".)
 * O(vertices + edges) expected on graphs like ours.
 */
export function contract(graph: Contraction): void {
  const { dirty, draft, twins } = graph;
  for (let vertex = dirty.pop(); vertex !== undefined; vertex = dirty.pop()) {
    if (draft[vertex] === undefined) continue;
    if (contractSeries(graph, vertex)) continue;
    const key = neighbourhood(graph, vertex);
    const twin = twins.get(key);
    if (twin !== undefined && twin !== vertex && areTwins(graph, twin, vertex))
      mergeTwins(graph, twin, vertex);
    else twins.set(key, vertex);
  }
}

/** Equal for equal neighbourhoods, and hardly ever for others: `areTwins` makes sure. */
function neighbourhood({ beforeSum, afterSum }: Contraction, vertex: number): number {
  return beforeSum[vertex]! * 2 ** 23 + (afterSum[vertex]! >>> 7);
}

function areTwins(graph: Contraction, a: number, b: number): boolean {
  return (
    graph.draft[a] !== undefined &&
    haveSameEnds(graph, graph.before, a, b) &&
    haveSameEnds(graph, graph.after, a, b)
  );
}

function haveSameEnds(graph: Contraction, { first, next, count, end }: Links, a: number, b: number): boolean {
  if (count[a] !== count[b]) return false;
  const { mark } = graph;
  const stamp = ++graph.stamp;
  for (let edge = first[a]!; edge >= 0; edge = next[edge]!) mark[end[edge]!] = stamp;
  for (let edge = first[b]!; edge >= 0; edge = next[edge]!) if (mark[end[edge]!] !== stamp) return false;
  return true;
}

function contractSeries(graph: Contraction, vertex: number): boolean {
  const { before, after } = graph;
  if (after.count[vertex] === 1) {
    const edge = after.first[vertex]!;
    const next = after.end[edge]!;
    if (before.count[next] === 1) {
      joinSeries(graph, vertex, next, edge);
      return true;
    }
  }
  if (before.count[vertex] === 1) {
    const edge = before.first[vertex]!;
    const previous = before.end[edge]!;
    if (after.count[previous] === 1) {
      joinSeries(graph, previous, vertex, edge);
      return true;
    }
  }
  return false;
}

/** `second` is all that follows `first`, which is all it needs. The one with more other neighbours stays. */
function joinSeries(graph: Contraction, first: number, second: number, between: number): void {
  const { draft, before, after, firsts, lasts, dirty } = graph;
  const joined: Draft = { kind: 'pair', as: 'series', of: [draft[first]!, draft[second]!] };
  unlink(graph, between);
  const [keep, gone] = after.count[second]! > before.count[first]! ? [second, first] : [first, second];
  if (keep === first) {
    lasts[first] = lasts[second]!;
    for (let edge = after.first[second]!; edge >= 0; edge = after.first[second]!) {
      unlink(graph, edge);
      link(graph, edge, first, after.end[edge]!);
    }
  } else {
    firsts[second] = firsts[first]!;
    for (let edge = before.first[first]!; edge >= 0; edge = before.first[first]!) {
      unlink(graph, edge);
      link(graph, edge, before.end[edge]!, second);
    }
  }
  draft[keep] = joined;
  draft[gone] = undefined;
  dirty.push(keep);
}

function mergeTwins(graph: Contraction, twin: number, vertex: number): void {
  const { draft, before, after, firsts, lasts, dirty } = graph;
  draft[twin] = { kind: 'pair', as: 'parallel', of: [draft[twin]!, draft[vertex]!] };
  draft[vertex] = undefined;
  firsts[twin]! += firsts[vertex]!;
  lasts[twin]! += lasts[vertex]!;
  for (let edge = before.first[vertex]!; edge >= 0; edge = before.first[vertex]!) unlink(graph, edge);
  for (let edge = after.first[vertex]!; edge >= 0; edge = after.first[vertex]!) unlink(graph, edge);
  dirty.push(twin);
}

/** What is left, with its vertices numbered anew. */
export function remainder(graph: Contraction): Order {
  const { draft, firsts, lasts, after } = graph;
  const alive = graph.alive.filter((vertex) => draft[vertex] !== undefined);
  graph.alive = alive;
  const number = new Int32Array(draft.length);
  const start = new Int32Array(alive.length + 1);
  for (let i = 0; i < alive.length; i++) {
    number[alive[i]!] = i;
    start[i + 1] = start[i]! + after.count[alive[i]!]!;
  }
  const list = new Int32Array(start[alive.length]!);
  let k = 0;
  for (const vertex of alive) {
    for (let edge = after.first[vertex]!; edge >= 0; edge = after.next[edge]!) {
      list[k++] = number[after.end[edge]!]!;
    }
  }
  return {
    drafts: alive.map((vertex) => draft[vertex]!),
    firsts: chosen(firsts, alive),
    lasts: chosen(lasts, alive),
    before: reversed({ start, list }),
  };
}

/** A part of an order, its vertices numbered anew; `isInside` tells which vertices are in it. */
export function partOf(
  { drafts, firsts, lasts, before }: Order,
  part: readonly number[],
  { place, isInside }: { place: Int32Array; isInside: (vertex: number) => boolean },
): Order {
  const start = new Int32Array(part.length + 1);
  const list: number[] = [];
  for (let i = 0; i < part.length; i++) {
    const end = before.start[part[i]! + 1]!;
    for (let k = before.start[part[i]!]!; k < end; k++) {
      if (isInside(before.list[k]!)) list.push(place[before.list[k]!]!);
    }
    start[i + 1] = list.length;
  }
  return {
    drafts: part.map((vertex) => drafts[vertex]!),
    firsts: chosen(firsts, part),
    lasts: chosen(lasts, part),
    before: { start, list: new Int32Array(list) },
  };
}

function chosen(values: Int32Array, indexes: readonly number[]): Int32Array {
  const result = new Int32Array(indexes.length);
  for (let i = 0; i < indexes.length; i++) result[i] = values[indexes[i]!]!;
  return result;
}
