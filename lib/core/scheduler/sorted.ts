/** A list kept in order by binary search: O(log n) comparisons, and a move of what stands behind. */
export type Comparator<T> = (a: T, b: T) => number;

export function insertSorted<T>(list: T[], item: T, compare: Comparator<T>): void {
  list.splice(lowerBound(list, item, compare), 0, item);
}

export function removeSorted<T>(list: T[], item: T, compare: Comparator<T>): void {
  const i = lowerBound(list, item, compare);
  if (i < list.length && compare(list[i] as T, item) === 0) list.splice(i, 1);
}

/** The first index at which `item` may stand. */
function lowerBound<T>(list: readonly T[], item: T, compare: Comparator<T>): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(list[middle] as T, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
