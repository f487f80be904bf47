import { type Contraction, contract, contraction, remainder, type Vertex } from './contract';
import { adjacency, components, seriesBlocks } from './divide';
import { bestForest, type Forest, forestDraft } from './forest';
import { loosen } from './loosen';
import { type Draft, flat, type Structure } from './structure';

/** Below this many vertices the edges to take out are chosen one change at a time. */
const SMALL = 48;
/** Above it, as many changes at a time as this share of the vertices: quality for speed. */
const BATCH = 1 / 6;
/** The share for a part with more than `MANY_EDGES`. */
const LARGE_BATCH = 1 / 3;
const MANY_EDGES = 5_000;

/** A graph to structure, and how it was divided into smaller ones. */
interface Block {
  vertices: readonly Vertex[];
  before: readonly (readonly number[])[];
  /** `loosened` is a block with some edges taken out; `forest` is what it could be instead. */
  kind: 'whole' | 'series' | 'parallel' | 'loosened';
  parts: Block[];
  taken: number;
  forest?: Forest;
  /** The block as a contraction, when it comes from one. */
  graph?: Contraction;
}

/**
 * The structured part of an order: none that the order does not have, and as much of it as we find. What is
 * series-parallel is kept whole. Of a part that is not, edges are left out: a few after each other, as long as
 * that keeps more than a forest of the part would. Iterative; the passes it is made of say what they cost.
 * @param before per node its needs, transitively reduced.
 */
export function structureOf(before: readonly (readonly number[])[]): Structure {
  const vertices = before.map((_, node): Vertex => ({ draft: { kind: 'node', node }, firsts: 1, lasts: 1 }));
  const blocks = [block(vertices, before)];
  for (let i = 0; i < blocks.length; i++) {
    divide(blocks[i]!);
    for (const part of blocks[i]!.parts) blocks.push(part);
  }
  // Parts come after the block they are parts of: from the end, every part is done before its block.
  const drafts = new Map<Block, { draft: Draft; cost: number }>();
  for (let i = blocks.length - 1; i >= 0; i--) drafts.set(blocks[i]!, assemble(blocks[i]!, drafts));
  return flat(drafts.get(blocks[0]!)!.draft);
}

function block(vertices: readonly Vertex[], before: readonly (readonly number[])[]): Block {
  return { vertices, before, kind: 'whole', parts: [], taken: 0 };
}

/** Contracts a block, then divides what is left; where nothing divides, loosens it. */
function divide(target: Block): void {
  const graph = target.graph ?? contraction(target.vertices, target.before);
  contract(graph);
  Object.assign(target, remainder(graph));
  if (target.vertices.length === 1) return;
  const edges = adjacency(target.before);
  const unconnected = components(edges);
  const consecutive = unconnected.length > 1 ? [] : seriesBlocks(edges);
  if (unconnected.length > 1 || consecutive.length > 1) {
    target.kind = unconnected.length > 1 ? 'parallel' : 'series';
    target.parts = cut(target, unconnected.length > 1 ? unconnected : consecutive);
    return;
  }
  target.kind = 'loosened';
  target.forest = bestForest(target);
  target.taken = loosen(graph, movesAtOnce(target));
  // Nothing to take out can only be a twin that was overlooked: the forest it is.
  target.parts = target.taken === 0 ? [] : [{ ...block([], []), graph }];
}

function movesAtOnce({ vertices, before }: Block): number {
  const size = vertices.length;
  if (size <= SMALL) return 1;
  const edges = before.reduce((sum, list) => sum + list.length, 0);
  return Math.ceil(size * (edges > MANY_EDGES ? LARGE_BATCH : BATCH));
}

function cut({ vertices, before }: Block, parts: readonly (readonly number[])[]): Block[] {
  const place = new Int32Array(vertices.length);
  const owner = new Int32Array(vertices.length);
  parts.forEach((part, number) => {
    part.forEach((vertex, i) => {
      place[vertex] = i;
      owner[vertex] = number;
    });
  });
  return parts.map((part, number) =>
    block(
      part.map((vertex) => vertices[vertex]!),
      part.map((vertex) => before[vertex]!.flatMap((v) => (owner[v] === number ? [place[v]!] : []))),
    ),
  );
}

function assemble(
  { kind, vertices, parts, taken, forest }: Block,
  drafts: ReadonlyMap<Block, { draft: Draft; cost: number }>,
): { draft: Draft; cost: number } {
  const inside = parts.map((part) => drafts.get(part)!);
  const cost = inside.reduce((sum, part) => sum + part.cost, taken);
  if (kind === 'whole') return { draft: vertices[0]!.draft, cost: 0 };
  if (kind !== 'loosened')
    return { draft: { kind: 'pair', as: kind, of: inside.map((part) => part.draft) }, cost };
  if (forest && (inside.length === 0 || forest.cost < cost))
    return { draft: forestDraft(vertices, forest), cost: forest.cost };
  return { draft: inside[0]!.draft, cost };
}
