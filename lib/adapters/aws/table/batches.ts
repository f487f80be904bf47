import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { RepriseError } from '../../../core/errors';
import type { Timing } from '../../../core/model/time';
import { retrying } from '../../../core/retry/retrying';
import { upstream } from '../aws-errors';

/** As many as one call takes. */
const BATCH = 25;

/** Calls that are under way at a time. */
const AT_ONCE = 8;

const PATIENCE = {
  attempts: 8,
  backoff: { strategy: 'exponential', initialDelayMs: 50, maxDelayMs: 5_000, jitter: 'full' },
} as const;

/**
 * Puts items whose keys differ. Some may be there when it fails: put all of them again.
 * @throws RepriseError UPSTREAM_UNAVAILABLE
 */
export async function putAll(
  client: DynamoDBDocumentClient,
  TableName: string,
  items: readonly Record<string, unknown>[],
  timing: Timing,
): Promise<void> {
  for (let first = 0; first < items.length; first += AT_ONCE * BATCH) {
    const next = items.slice(first, first + AT_ONCE * BATCH);
    const batches = Array.from({ length: Math.ceil(next.length / BATCH) }, (_, i) => put(i, next));
    await Promise.all(batches);
  }

  async function put(i: number, next: typeof items): Promise<void> {
    let left = next.slice(i * BATCH, (i + 1) * BATCH).map((Item) => ({ PutRequest: { Item } }));
    await retrying(
      async () => {
        const command = new BatchWriteCommand({ RequestItems: { [TableName]: left } });
        const { UnprocessedItems } = await upstream('DynamoDB write', () => client.send(command));
        left = (UnprocessedItems?.[TableName] ?? []) as typeof left;
        if (left.length > 0) throw new RepriseError('UPSTREAM_UNAVAILABLE', `${left.length} items are left`);
      },
      { ...PATIENCE, ...timing },
    );
  }
}
