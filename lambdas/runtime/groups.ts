import type { SQSRecord } from 'aws-lambda';
import { isRetryable } from '../../lib/core/errors';
import { count, logger } from './telemetry';

export interface Grouped<Item> {
  /** @throws when the message is none of this queue. */
  readonly parse: (record: SQSRecord) => Item;
  /** Handles items of one group in order, all or none. */
  readonly handle: (group: string, items: readonly Item[]) => Promise<void>;
}

/**
 * Handles a batch of an ordered queue, its groups at the same time. A message that cannot be handled fails together
 * with all behind it in its group, so that order holds when they come back; other groups go on.
 * @returns ids of the messages that failed.
 */
export async function processGroups<Item>(
  records: readonly SQSRecord[],
  grouped: Grouped<Item>,
): Promise<string[]> {
  const groups = new Map<string, SQSRecord[]>();
  for (const record of records) {
    const group = record.attributes.MessageGroupId ?? '';
    groups.set(group, [...(groups.get(group) ?? []), record]);
  }
  const failed = await Promise.all(
    [...groups].map(async ([group, members]) => {
      const handled = await processGroup(group, members, grouped);
      return members.slice(handled).map(({ messageId }) => messageId);
    }),
  );
  return failed.flat();
}

/** @returns how many messages, from the first, were handled. */
async function processGroup<Item>(
  group: string,
  records: readonly SQSRecord[],
  { parse, handle }: Grouped<Item>,
): Promise<number> {
  const items = parseUntilPoisoned(group, records, parse);
  if (items.length === 0) return 0;
  try {
    await handle(group, items);
    return items.length;
  } catch (error) {
    if (isRetryable(error) || items.length === 1) return refuse(group, error, 0);
  }
  // One of them cannot be handled, and it must not take the others to the DLQ: find it.
  for (const [i, item] of items.entries()) {
    try {
      await handle(group, [item]);
    } catch (error) {
      return refuse(group, error, i);
    }
  }
  return items.length;
}

function parseUntilPoisoned<Item>(
  group: string,
  records: readonly SQSRecord[],
  parse: (record: SQSRecord) => Item,
): Item[] {
  const items: Item[] = [];
  for (const record of records) {
    try {
      items.push(parse(record));
    } catch (error) {
      refuse(group, error, items.length);
      break;
    }
  }
  return items;
}

function refuse(group: string, error: unknown, handled: number): number {
  count('InputsPoisoned');
  logger.error('an input failed, and those behind it wait', { group, error: error as Error });
  return handled;
}
