import type { DynamoDBRecord } from 'aws-lambda';
import type { AnchorWriter } from '../../lib/adapters/aws/bucket/anchors';
import { isEventsKey } from '../../lib/adapters/aws/table/keys';
import { finishAll } from '../../lib/core/engine/parallel';
import type { AnchoredHead } from '../../lib/core/journal/anchor';
import type { Clock } from '../../lib/core/model/time';
import type { JournalStore } from '../../lib/core/ports/stores';

/** Reads under way at a time. */
const PARALLEL = 20;

export interface AnchorerDeps {
  readonly journal: Pick<JournalStore, 'head'>;
  readonly anchors: AnchorWriter;
  readonly clock: Clock;
}

/**
 * Anchors where the streams end that have grown in a batch of the table's stream. A batch that comes again is anchored
 * again, which does no harm; one stream is at its end or past what the batch says of it.
 * @returns streams that are anchored.
 */
export async function anchorGrown(
  { journal, anchors, clock }: AnchorerDeps,
  records: readonly DynamoDBRecord[],
): Promise<number> {
  const grown = new Set<string>();
  for (const { eventName, dynamodb } of records) {
    const { pk, sk } = dynamodb?.Keys ?? {};
    if (eventName === 'INSERT' && pk?.S !== undefined && isEventsKey(sk?.S ?? '')) grown.add(pk.S);
  }
  const heads: AnchoredHead[] = [];
  await finishAll([...grown], PARALLEL, async (stream) => {
    const { seq, hash } = await journal.head(stream);
    // One that was archived and removed meanwhile was anchored when it ended.
    if (seq > 0) heads.push({ stream, seq, hash });
  });
  if (heads.length > 0) await anchors.anchor(heads, clock());
  return heads.length;
}
