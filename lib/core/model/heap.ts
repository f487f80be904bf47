/** Items of which one is first. */
export interface Heap<T> {
  readonly push: (item: T) => void;
  readonly pop: () => T | undefined;
  readonly size: () => number;
}

/** Binary heap; the item that `before` puts first comes out first. O(items) to make, push and pop are O(log n). */
export function heap<T>(before: (a: T, b: T) => boolean, items: T[] = []): Heap<T> {
  /** Puts an item at a place or above it. */
  const rise = (item: T, from: number) => {
    let at = from;
    for (let parent = (at - 1) >> 1; at > 0 && before(item, items[parent] as T); parent = (at - 1) >> 1) {
      items[at] = items[parent] as T;
      at = parent;
    }
    items[at] = item;
  };
  /** Puts an item at a place or below it. */
  const sink = (item: T, from: number) => {
    const { length } = items;
    let at = from;
    for (let child = 2 * at + 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && before(items[child + 1] as T, items[child] as T)) child++;
      if (!before(items[child] as T, item)) break;
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = item;
  };
  for (let at = (items.length >> 1) - 1; at >= 0; at--) sink(items[at] as T, at);
  return {
    size: () => items.length,
    push: (item) => {
      items.push(item);
      rise(item, items.length - 1);
    },
    pop: () => {
      const top = items[0];
      const last = items.pop();
      if (items.length > 0) sink(last as T, 0);
      return top;
    },
  };
}
