import { type Heap, heap } from '../../model/heap';

/** The item with the lowest key comes out first; of two with the same key, the lower number. */
export function lowestFirst(key: Float64Array): Heap<number> {
  return heap((a, b) => key[a]! < key[b]! || (key[a] === key[b] && a < b));
}

/** The item that was pushed last comes out first, in O(1). */
export function pile(): Heap<number> {
  const items: number[] = [];
  return { size: () => items.length, push: (item) => void items.push(item), pop: () => items.pop() };
}
