/** Runs `work` on every item, at most `limit` at a time, beginning in order. Answers what each threw, or undefined. */
export async function settleAll<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<unknown[]> {
  const errors: unknown[] = items.map(() => undefined);
  let next = 0;
  async function run(): Promise<void> {
    for (let i = next++; i < items.length; i = next++) {
      try {
        await work(items[i] as Item);
      } catch (error) {
        errors[i] = error;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, run));
  return errors;
}

/** As `settleAll`. @throws what the first of those threw that failed, when all are done. */
export async function finishAll<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const failed = (await settleAll(items, limit, work)).find((error) => error !== undefined);
  if (failed !== undefined) throw failed;
}
