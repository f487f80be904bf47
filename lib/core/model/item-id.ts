/** The id of the node of an item of a `forEach`: that of the fan-out and the item's number, from 1. */
export function itemId(parentId: string, index: number): string {
  return `${parentId}-${index + 1}`;
}
