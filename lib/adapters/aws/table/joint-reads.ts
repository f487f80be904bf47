import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import DataLoader from 'dataloader';
import { getMany } from './batches';

type Item = Record<string, unknown>;
// A type and no interface: it is a record too.
type ItemKey = { readonly pk: string; readonly sk: string };

/** How long a read waits for others, milliseconds. */
const GATHER_MS = 5;

/**
 * Reads items as they are now, those that are asked for at about the same time by one call: a function that waits for many answers
 * would spend most of its time on calls otherwise.
 * @returns reads an item; undefined where there is none. It throws RepriseError UPSTREAM_UNAVAILABLE.
 */
export function createJointReads(
  client: DynamoDBDocumentClient,
  tableName: string,
): (key: ItemKey) => Promise<Item | undefined> {
  const loader = new DataLoader<ItemKey, Item | undefined>(
    async (keys) => {
      const asked = new Map(keys.map((key) => [nameOf(key), key]));
      const items = await getMany(client, tableName, [...asked.values()], { isConsistent: true });
      const found = new Map(items.map((item) => [nameOf(item), item]));
      return keys.map((key) => found.get(nameOf(key)));
    },
    { cache: false, batchScheduleFn: (read) => setTimeout(read, GATHER_MS) },
  );
  return (key) => loader.load(key);
}

const nameOf = ({ pk, sk }: Item): string => JSON.stringify([pk, sk]);
