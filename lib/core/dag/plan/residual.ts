import { type Ancestry, ancestryOf, isImplied } from './ancestry';
import type { Structure } from './structure';

/**
 * Per node the needs that a structure does not express. Of the reduced needs, none follows from others, so these
 * are exactly the edges to enforce beside the structure. O(edges * depth of the structure).
 */
export function residualNeeds(
  structure: Structure,
  needs: readonly (readonly number[])[],
  ancestry: Ancestry = ancestryOf(structure, needs.length),
): number[][] {
  return needs.map((list, node) => list.filter((need) => !isImplied(ancestry, need, node)));
}
