import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { streamOf, triggerAt } from '../../../core/messages/address';
import type { ListedTrigger, TriggerList } from '../../../core/ports/registries';
import type { TriggerListing } from '../../../core/projections/listing';
import { getAll } from './batches';
import { LIST, triggersKey } from './keys';
import { listedItems } from './listed-items';
import { openItem } from './open-streams';

/** The entry of a trigger in the list of its owner; one that was deleted is in none. And that its stream is open. */
export function triggerItems(stream: string, index: TriggerListing): Record<string, unknown>[] {
  const { owner, name, status, source } = index;
  const listed = status === 'deleted' ? {} : { gsi1pk: triggersKey(owner), gsi1sk: name };
  const entry = { pk: stream, sk: LIST, owner, name, status, source, ...listed };
  return status === 'deleted' ? [entry] : [entry, openItem(stream)];
}

/** Which of some triggers are deleted, or were never set. Follows the journal with a lag. */
export async function goneTriggers(
  client: DynamoDBDocumentClient,
  tableName: string,
  triggerIds: readonly string[],
): Promise<readonly string[]> {
  const alive = new Set<string>();
  for (let i = 0; i < triggerIds.length; i += KEYS) {
    const keys = triggerIds.slice(i, i + KEYS).map((id) => ({ pk: streamOf(triggerAt(id)), sk: LIST }));
    for (const { pk, status } of await getAll(client, tableName, keys))
      if (status !== 'deleted') alive.add(String(pk));
  }
  return triggerIds.filter((id) => !alive.has(streamOf(triggerAt(id))));
}

/** DynamoDB reads as many in a call. */
const KEYS = 100;

export function createTriggerList(client: DynamoDBDocumentClient, tableName: string): TriggerList {
  return {
    async list(owner) {
      const items = await listedItems(client, tableName, triggersKey(owner));
      return items.map((item) => {
        const { name, status, source } = item as unknown as ListedTrigger;
        return { name, status, source };
      });
    },
  };
}
