/** Binary heap of numbers; the one that `before` puts first comes out first. Push and pop are O(log n). */
export interface Heap {
  readonly push: (item: number) => void;
  readonly pop: () => number | undefined;
  readonly size: () => number;
}

export function heap(before: (a: number, b: number) => boolean): Heap {
  const items: number[] = [];
  const swap = (i: number, j: number) => {
    const item = items[i]!;
    items[i] = items[j]!;
    items[j] = item;
  };
  const sink = () => {
    for (let i = 0; ; ) {
      let first = i;
      for (let child = 2 * i + 1; child <= 2 * i + 2 && child < items.length; child++) {
        if (before(items[child]!, items[first]!)) first = child;
      }
      if (first === i) return;
      swap(i, first);
      i = first;
    }
  };
  return {
    size: () => items.length,
    push: (item) => {
      items.push(item);
      for (let i = items.length - 1; i > 0; ) {
        const parent = (i - 1) >> 1;
        if (!before(items[i]!, items[parent]!)) return;
        swap(i, parent);
        i = parent;
      }
    },
    pop: () => {
      const top = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) {
        items[0] = last;
        sink();
      }
      return top;
    },
  };
}
