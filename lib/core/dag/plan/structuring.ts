import { type Contraction, contract, contraction, type Order, partOf, remainder } from './contract';
import { components, seriesBlocks } from './divide';
import { bestForest, type Forest, forestDraft } from './forest';
import { loosen } from './loosen';
import { neighbours, reversed } from './neighbours';
import { type Draft, flat, type Structure } from './structure';

/** Below this many vertices the edges to take out are chosen one change at a time. */
const SMALL = 48;
/** Above it, as many changes at a time as this share of the vertices: quality for speed. */
const BATCH = 1 / 6;
/** The share for a part with more than `MANY_EDGES`. */
const LARGE_BATCH = 1 / 3;
const MANY_EDGES = 5_000;
/** Times the edges that its forest costs a large part may be expected to lose before it is given up. */
const HOPELESS = 1.4;

/** A graph to structure, and how it was divided into smaller ones. */
interface Block {
  readonly graph: Contraction;
  /** `loosened` is a block with some edges taken out; `forest` is what it could be instead. */
  kind: 'whole' | 'series' | 'parallel' | 'loosened';
  /** What contraction leaves of it. */
  order?: Order;
  parts: Block[];
  taken: number;
  forest?: Forest;
}

/**
 * The structured part of an order: none that the order does not have, and as much of it as we find. What is
 * series-parallel is kept whole. Of a part that is not, edges are left out: a few after each other, as long as
 * that keeps more than a forest of the part would. Iterative; the passes it is made of say what they cost.
 * @param before per node its needs, transitively reduced.
 */
export function structureOf(before: readonly (readonly number[])[]): Structure {
  const drafts = before.map((_, node): Draft => ({ kind: 'node', node }));
  const single = new Int32Array(before.length).fill(1);
  const blocks = [block(contraction({ drafts, firsts: single, lasts: single, before: neighbours(before) }))];
  for (let i = 0; i < blocks.length; i++) {
    divide(blocks[i]!);
    for (const part of blocks[i]!.parts) blocks.push(part);
  }
  // Parts come after the block they are parts of: from the end, every part is done before its block.
  const done = new Map<Block, { draft: Draft; cost: number }>();
  for (let i = blocks.length - 1; i >= 0; i--) done.set(blocks[i]!, assemble(blocks[i]!, done));
  return flat(done.get(blocks[0]!)!.draft);
}

function block(graph: Contraction): Block {
  return { graph, kind: 'whole', parts: [], taken: 0 };
}

/** Contracts a block, then divides what is left; where nothing divides, loosens it. */
function divide(target: Block): void {
  const { graph } = target;
  contract(graph);
  const order = remainder(graph);
  target.order = order;
  if (order.drafts.length === 1) return;
  const edges = { before: order.before, after: reversed(order.before) };
  const unconnected = components(edges);
  const consecutive = unconnected.length > 1 ? [] : seriesBlocks(edges);
  if (unconnected.length > 1 || consecutive.length > 1) {
    target.kind = unconnected.length > 1 ? 'parallel' : 'series';
    target.parts = cut(order, unconnected.length > 1 ? unconnected : consecutive);
    return;
  }
  target.kind = 'loosened';
  const forest = bestForest(order);
  const { taken, made } = loosen(graph, movesAtOnce(order));
  target.forest = forest;
  target.taken = taken;
  // Nothing to take out can only be a twin that was overlooked: the forest it is.
  target.parts = taken === 0 || isHopeless(order, taken / made, forest) ? [] : [block(graph)];
}

/**
 * Whether a large part, at this price for each of the contractions it still takes, is left to its forest. What going on
 * would have kept of random dense orders was under a hundredth of their edges, for a third of the time of compiling.
 */
function isHopeless({ drafts, before }: Order, price: number, forest: Forest): boolean {
  return before.list.length > MANY_EDGES && price * (drafts.length - 1) >= HOPELESS * forest.cost;
}

function movesAtOnce({ drafts, before }: Order): number {
  const size = drafts.length;
  if (size <= SMALL) return 1;
  return Math.ceil(size * (before.list.length > MANY_EDGES ? LARGE_BATCH : BATCH));
}

function cut(order: Order, parts: readonly (readonly number[])[]): Block[] {
  const place = new Int32Array(order.drafts.length);
  const owner = new Int32Array(order.drafts.length);
  parts.forEach((part, number) => {
    for (let i = 0; i < part.length; i++) {
      place[part[i]!] = i;
      owner[part[i]!] = number;
    }
  });
  return parts.map((part, number) => {
    const isInside = (vertex: number) => owner[vertex] === number;
    return block(contraction(partOf(order, part, { place, isInside })));
  });
}

function assemble(
  { kind, order, parts, taken, forest }: Block,
  done: ReadonlyMap<Block, { draft: Draft; cost: number }>,
): { draft: Draft; cost: number } {
  const inside = parts.map((part) => done.get(part)!);
  const cost = inside.reduce((sum, part) => sum + part.cost, taken);
  if (kind === 'whole') return { draft: order!.drafts[0]!, cost: 0 };
  if (kind !== 'loosened')
    return { draft: { kind: 'pair', as: kind, of: inside.map((part) => part.draft) }, cost };
  if (forest && (inside.length === 0 || forest.cost < cost))
    return { draft: forestDraft(order!, forest), cost: forest.cost };
  return { draft: inside[0]!.draft, cost };
}
