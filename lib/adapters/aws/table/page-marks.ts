import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getMany } from './batches';
import { CONFIRMED, eventsKey } from './keys';

/** How far effects are performed of a stream that grew. */
export interface PageMark {
  /** The last event of the page that was asked for. */
  readonly to: number;
  /** Every effect of the events up to this one is performed; 0 for none. */
  readonly confirmed: number;
}

/**
 * The ends of pages and the marks of their streams, together: a call for each would be most of what the outbox relay does.
 * As the table was a moment ago: a page or a mark may not be seen yet.
 * @param pages the sequence that a page begins with, by stream.
 * @returns a mark for each of the pages that are seen.
 * @throws RepriseError UPSTREAM_UNAVAILABLE
 */
export async function readPageMarks(
  client: DynamoDBDocumentClient,
  tableName: string,
  pages: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, PageMark>> {
  const keys = [...pages].flatMap(([pk, first]) => [
    { pk, sk: eventsKey(first) },
    { pk, sk: CONFIRMED },
  ]);
  const marks = new Map<string, number>();
  const ends = new Map<string, number>();
  for (const { pk, sk, seq, to } of await getMany(client, tableName, keys, {
    attributes: ['pk', 'sk', 'seq', 'to'],
  })) {
    if (sk === CONFIRMED) marks.set(pk as string, (seq as number | undefined) ?? 0);
    else ends.set(pk as string, to as number);
  }
  return new Map([...ends].map(([stream, to]) => [stream, { to, confirmed: marks.get(stream) ?? 0 }]));
}
