/** The first of some things, and how many there are. What is not kept is not held: there may be any number of them. */
export function counted<T>(
  items: Iterable<T>,
  most: number,
): { readonly kept: readonly T[]; readonly count: number } {
  const kept: T[] = [];
  let count = 0;
  for (const item of items) {
    if (count < most) kept.push(item);
    count += 1;
  }
  return { kept, count };
}
