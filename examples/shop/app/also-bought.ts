import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { orderHistory } from './history';

/** Product ids by product id: what was bought with it, most often first. */
type Table = Readonly<Record<string, readonly string[]>>;

export interface AlsoBought {
  readonly of: (productId: string) => Promise<readonly string[]>;
  /** Resolves when no table is being made. */
  readonly settled: () => Promise<void>;
}

/**
 * The table is made from the whole order history on the first question, and kept in a file. Making it takes
 * longer than a visitor waits, so the first question after a cold start tends to go unanswered.
 */
export function alsoBought(cacheFile: string): AlsoBought {
  let table: Promise<Table> | undefined;
  const load = () => {
    table ??= readTable(cacheFile).catch(() => makeTable(cacheFile));
    return table;
  };
  return {
    of: async (productId) => ((await load())[productId] ?? []).slice(0, 3),
    settled: async () => {
      await table;
    },
  };
}

async function readTable(cacheFile: string): Promise<Table> {
  return JSON.parse(await readFile(cacheFile, 'utf8'));
}

async function makeTable(cacheFile: string): Promise<Table> {
  const counts = new Map<string, Map<string, number>>();
  for await (const orders of orderHistory()) {
    for (const order of orders) countPairs(counts, order);
  }
  const table = Object.fromEntries([...counts].map(([id, others]) => [id, mostFrequent(others)]));
  await mkdir(dirname(cacheFile), { recursive: true });
  await writeFile(`${cacheFile}.${process.pid}`, JSON.stringify(table));
  await rename(`${cacheFile}.${process.pid}`, cacheFile);
  return table;
}

function countPairs(counts: Map<string, Map<string, number>>, order: readonly string[]): void {
  for (const id of order) {
    const others = counts.get(id) ?? new Map<string, number>();
    counts.set(id, others);
    for (const other of order) if (other !== id) others.set(other, (others.get(other) ?? 0) + 1);
  }
}

function mostFrequent(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([id]) => id);
}
