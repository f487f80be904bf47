import type { Draft } from './structure';

/**
 * A graph whose vertices stand for whole structures and shrink until nothing is left to contract. An edge between
 * two vertices stands for every edge from a last node of the one to a first node of the other.
 */
export interface Contraction {
  /** Undefined once a vertex was contracted into another. */
  readonly draft: (Draft | undefined)[];
  readonly before: Set<number>[];
  readonly after: Set<number>[];
  /** How many nodes of a vertex have nothing before them inside it, and how many have nothing after them. */
  readonly firsts: number[];
  readonly lasts: number[];
  /** Sums of `tag` over the neighbours: equal neighbourhoods have equal sums. */
  readonly beforeSum: number[];
  readonly afterSum: number[];
  /** Vertices to look at: their neighbourhood changed. */
  readonly dirty: number[];
  /** Vertices by neighbourhood; entries may be out of date. */
  readonly twins: Map<number, number>;
}

/** What a vertex stands for at the start of a contraction. */
export interface Vertex {
  readonly draft: Draft;
  readonly firsts: number;
  readonly lasts: number;
}

/** @param before per vertex its direct predecessors; the graph is acyclic and transitively reduced. */
export function contraction(
  vertices: readonly Vertex[],
  before: readonly (readonly number[])[],
): Contraction {
  const size = vertices.length;
  const graph: Contraction = {
    draft: vertices.map((vertex) => vertex.draft),
    before: before.map((list) => new Set(list)),
    after: Array.from({ length: size }, () => new Set()),
    firsts: vertices.map((vertex) => vertex.firsts),
    lasts: vertices.map((vertex) => vertex.lasts),
    beforeSum: before.map((list) => list.reduce((sum, v) => sum + tag(v), 0)),
    afterSum: new Array(size).fill(0),
    dirty: Array.from({ length: size }, (_, i) => size - 1 - i),
    twins: new Map(),
  };
  before.forEach((list, vertex) => {
    for (const previous of list) {
      graph.after[previous]!.add(vertex);
      graph.afterSum[previous] = graph.afterSum[previous]! + tag(vertex);
    }
  });
  return graph;
}

/** Scatters vertex numbers over 32 bits, so that sums of them stay exact and hardly ever agree by chance. */
function tag(vertex: number): number {
  const mixed = Math.imul(vertex + 1, 0x9e3779b1);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0;
}

export function unlink(graph: Contraction, from: number, to: number): void {
  graph.after[from]!.delete(to);
  graph.afterSum[from] = graph.afterSum[from]! - tag(to);
  graph.before[to]!.delete(from);
  graph.beforeSum[to] = graph.beforeSum[to]! - tag(from);
  graph.dirty.push(from, to);
}

function link(graph: Contraction, from: number, to: number): void {
  graph.after[from]!.add(to);
  graph.afterSum[from] = graph.afterSum[from]! + tag(to);
  graph.before[to]!.add(from);
  graph.beforeSum[to] = graph.beforeSum[to]! + tag(from);
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
  return beforeSum[vertex]! * 61 + afterSum[vertex]!;
}

function areTwins({ draft, before, after }: Contraction, a: number, b: number): boolean {
  return draft[a] !== undefined && sameSet(before[a]!, before[b]!) && sameSet(after[a]!, after[b]!);
}

function sameSet(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  if (a.size !== b.size) return false;
  for (const item of a) if (!b.has(item)) return false;
  return true;
}

function contractSeries(graph: Contraction, vertex: number): boolean {
  const next = only(graph.after[vertex]!);
  if (next !== undefined && graph.before[next]!.size === 1) {
    joinSeries(graph, vertex, next);
    return true;
  }
  const previous = only(graph.before[vertex]!);
  if (previous !== undefined && graph.after[previous]!.size === 1) {
    joinSeries(graph, previous, vertex);
    return true;
  }
  return false;
}

function only(set: ReadonlySet<number>): number | undefined {
  return set.size === 1 ? (set.values().next().value as number) : undefined;
}

/** `second` is all that follows `first`, which is all it needs. The one with more other neighbours stays. */
function joinSeries(graph: Contraction, first: number, second: number): void {
  const { draft, before, after, firsts, lasts, dirty } = graph;
  const joined: Draft = { kind: 'pair', as: 'series', of: [draft[first]!, draft[second]!] };
  unlink(graph, first, second);
  const [keep, gone] = after[second]!.size > before[first]!.size ? [second, first] : [first, second];
  if (keep === first) {
    lasts[first] = lasts[second]!;
    for (const v of [...after[second]!]) {
      unlink(graph, second, v);
      link(graph, first, v);
    }
  } else {
    firsts[second] = firsts[first]!;
    for (const v of [...before[first]!]) {
      unlink(graph, v, first);
      link(graph, v, second);
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
  firsts[twin] = firsts[twin]! + firsts[vertex]!;
  lasts[twin] = lasts[twin]! + lasts[vertex]!;
  for (const v of [...before[vertex]!]) unlink(graph, v, vertex);
  for (const v of [...after[vertex]!]) unlink(graph, vertex, v);
  dirty.push(twin);
}

/** What is left, as a smaller graph of the same form: vertices and, per vertex, its predecessors, ascending. */
export function remainder(graph: Contraction): { vertices: Vertex[]; before: number[][] } {
  const alive = graph.draft.flatMap((draft, i) => (draft === undefined ? [] : [i]));
  const number = new Map(alive.map((vertex, i) => [vertex, i]));
  return {
    vertices: alive.map((v) => ({
      draft: graph.draft[v]!,
      firsts: graph.firsts[v]!,
      lasts: graph.lasts[v]!,
    })),
    before: alive.map((v) => [...graph.before[v]!].map((p) => number.get(p)!).sort((a, b) => a - b)),
  };
}
