/** Numbers of which one is first. */
export interface Heap {
  readonly push: (item: number) => void;
  readonly pop: () => number | undefined;
  readonly size: () => number;
}

/** Binary heap; the item that `before` puts first comes out first. Push and pop are O(log n). */
export function heap(before: (a: number, b: number) => boolean): Heap {
  const items: number[] = [];
  return {
    size: () => items.length,
    push: (item) => {
      let at = items.length;
      items.push(item);
      for (let parent = (at - 1) >> 1; at > 0 && before(item, items[parent]!); parent = (at - 1) >> 1) {
        items[at] = items[parent]!;
        at = parent;
      }
      items[at] = item;
    },
    pop: () => {
      const top = items[0];
      const item = items.pop();
      if (item === undefined || items.length === 0) return top;
      const { length } = items;
      let at = 0;
      for (let child = 1; child < length; child = 2 * at + 1) {
        if (child + 1 < length && before(items[child + 1]!, items[child]!)) child++;
        if (!before(items[child]!, item)) break;
        items[at] = items[child]!;
        at = child;
      }
      items[at] = item;
      return top;
    },
  };
}

/** The item with the lowest key comes out first; of two with the same key, the lower number. */
export function lowestFirst(key: Float64Array): Heap {
  return heap((a, b) => key[a]! < key[b]! || (key[a] === key[b] && a < b));
}

/** The item that was pushed last comes out first, in O(1). */
export function pile(): Heap {
  const items: number[] = [];
  return { size: () => items.length, push: (item) => void items.push(item), pop: () => items.pop() };
}
