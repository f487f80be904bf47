export interface BatchLimits<Item> {
  /** Items in one call. */
  readonly items: number;
  /** Bytes in one call. */
  readonly bytes: number;
  readonly bytesOf: (item: Item) => number;
  /** Calls at a time. 1 keeps the order. */
  readonly parallel: number;
}

/** Sends a batch; answers, by position, why an item failed, or undefined where it went. */
export type SendBatch<Item> = (items: readonly Item[]) => Promise<readonly (Error | undefined)[]>;

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects what is sent in one turn of the event loop into as few calls as the service allows. Each caller waits for
 * its own item only.
 */
export function createTickBatcher<Item>(
  limits: BatchLimits<Item>,
  send: SendBatch<Item>,
): (item: Item) => Promise<void> {
  const waiting: Waiting<Item>[] = [];
  let running = 0;
  let scheduled = false;

  function nextBatch(): Waiting<Item>[] {
    let bytes = 0;
    let count = 0;
    for (const { item } of waiting) {
      bytes += limits.bytesOf(item);
      if (count > 0 && (count >= limits.items || bytes > limits.bytes)) break;
      count += 1;
    }
    return waiting.splice(0, count);
  }

  function flush(): void {
    scheduled = false;
    while (waiting.length > 0 && running < limits.parallel) {
      running += 1;
      void deliver(nextBatch(), send).then(() => {
        running -= 1;
        schedule();
      });
    }
  }

  function schedule(): void {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    setImmediate(flush);
  }

  return (item) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (running < limits.parallel) schedule();
    });
}

async function deliver<Item>(batch: readonly Waiting<Item>[], send: SendBatch<Item>): Promise<void> {
  try {
    const errors = await send(batch.map(({ item }) => item));
    for (const [i, { resolve, reject }] of batch.entries()) {
      const error = errors[i];
      if (error) reject(error);
      else resolve();
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
