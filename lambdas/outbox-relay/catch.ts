import type { DynamoDBRecord } from 'aws-lambda';
import type { EffectsBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { SendMessage } from '../../lib/adapters/aws/queues/sender';
import { isEventsKey } from '../../lib/adapters/aws/table/keys';
import { settleAll } from '../../lib/core/engine/parallel';
import type { OutboxJournal } from '../../lib/core/ports/stores';

/** Reads and sends under way at a time. */
const PARALLEL = 20;

/**
 * Sees every page that was appended and passes on the streams whose effects are not confirmed.
 * @param delaySeconds time the fast path gets to do them first.
 * @returns streams passed on.
 */
export async function passOnUnconfirmed(
  deps: {
    readonly journal: Pick<OutboxJournal, 'confirmed'>;
    readonly send: SendMessage;
    readonly delaySeconds: number;
  },
  records: readonly DynamoDBRecord[],
): Promise<number> {
  let passedOn = 0;
  const errors = await settleAll([...lastAppended(records)], PARALLEL, async ([stream, to]) => {
    if ((await deps.journal.confirmed(stream)) >= to) return;
    const body: EffectsBody = { stream, to };
    await deps.send({ body, delaySeconds: deps.delaySeconds });
    passedOn += 1;
  });
  const failed = errors.find((error) => error !== undefined);
  // The stream delivers the batch again; passing on twice is harmless.
  if (failed !== undefined) throw failed;
  return passedOn;
}

/** The last event of each stream in a batch. A page says itself where it ends: its key is where it begins. */
function lastAppended(records: readonly DynamoDBRecord[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const { eventName, dynamodb } of records) {
    const { pk, sk } = dynamodb?.Keys ?? {};
    const to = Number(dynamodb?.NewImage?.['to']?.N);
    if (eventName !== 'INSERT' || pk?.S === undefined || !isEventsKey(sk?.S ?? '')) continue;
    if (!Number.isSafeInteger(to))
      throw new Error(`the stream does not show where page ${sk?.S} of ${pk.S} ends`);
    last.set(pk.S, Math.max(last.get(pk.S) ?? 0, to));
  }
  return last;
}
