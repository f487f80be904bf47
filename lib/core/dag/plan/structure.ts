/**
 * The structured part of a graph's order. `series`: every node of a part ends before any node of the next part
 * begins. `parallel`: the parts know no order between each other. Nodes are indexes into the graph's nodes.
 * `machine` is a part that runs as a state machine of its own; it changes no order.
 */
export type Structure =
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'series'; readonly parts: readonly Structure[] }
  | { readonly kind: 'parallel'; readonly parts: readonly Structure[] }
  | { readonly kind: 'machine'; readonly name: string; readonly body: Structure };

/** Several structures as one. Quick to build pair by pair; `flat` makes one structure of the pairs. */
export type Draft =
  | Structure
  | { readonly kind: 'pair'; readonly as: 'series' | 'parallel'; readonly of: readonly Draft[] };

/** The directly contained parts. */
export function partsOf(structure: Structure): readonly Structure[] {
  if (structure.kind === 'node') return [];
  return structure.kind === 'machine' ? [structure.body] : structure.parts;
}

/** Every structure inside, this one included, outer before inner, in order. Iterative: structures may be deep. */
export function walk(structure: Structure): Structure[] {
  const found: Structure[] = [];
  const stack: Structure[] = [structure];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    found.push(next);
    const parts = partsOf(next);
    for (let i = parts.length - 1; i >= 0; i--) stack.push(parts[i]!);
  }
  return found;
}

/** Series of series and parallels of parallels taken in flat, single parts unwrapped. Linear, iterative. */
export function flat(draft: Draft): Structure {
  interface Frame {
    readonly as: 'series' | 'parallel';
    readonly of: readonly Draft[];
    next: number;
    readonly parts: Structure[];
  }
  const frames: Frame[] = [];
  const done: Structure[] = [];
  const add = (structure: Structure) => {
    const target = frames[frames.length - 1];
    if (!target) done.push(structure);
    else if (structure.kind === target.as) target.parts.push(...structure.parts);
    else target.parts.push(structure);
  };
  const enter = (item: Draft) => {
    if (item.kind === 'pair') frames.push({ as: item.as, of: item.of, next: 0, parts: partsFor(item.as) });
    else add(item);
  };
  // A pair inside a pair of the same kind writes into the outer one's list.
  const partsFor = (as: 'series' | 'parallel') => {
    const outer = frames[frames.length - 1];
    return outer?.as === as ? outer.parts : [];
  };
  enter(draft);
  for (let frame = frames[frames.length - 1]; frame; frame = frames[frames.length - 1]) {
    const item = frame.of[frame.next++];
    if (item) {
      enter(item);
      continue;
    }
    frames.pop();
    if (frames[frames.length - 1]?.parts === frame.parts) continue;
    add(frame.parts.length === 1 ? frame.parts[0]! : { kind: frame.as, parts: frame.parts });
  }
  return done[0]!;
}
