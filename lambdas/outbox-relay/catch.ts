import type { DynamoDBRecord } from 'aws-lambda';
import type { EffectsBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { SendMessage } from '../../lib/adapters/aws/queues/sender';
import { firstSeqOf, isEventsKey } from '../../lib/adapters/aws/table/keys';
import { AUDIT_KIND } from '../../lib/core/audit/events';
import { CLEANUP_KIND } from '../../lib/core/cleanup/audit';
import { CONFIG_KIND } from '../../lib/core/configuration/events';
import { settleAll } from '../../lib/core/engine/parallel';
import { addressOf } from '../../lib/core/messages/address';
import type { OutboxJournal } from '../../lib/core/ports/stores';

/** Reads and sends under way at a time. */
const PARALLEL = 20;

export interface RelayDeps {
  readonly journal: Pick<OutboxJournal, 'confirmed'>;
  /** The last event of the page that begins with an event. */
  readonly pageEnd: (stream: string, firstSeq: number) => Promise<number>;
  readonly send: SendMessage;
  /** Time the fast path gets to do them first. */
  readonly delaySeconds: number;
}

/**
 * Sees every page that was appended and passes on the streams whose effects are not confirmed.
 * @returns streams passed on.
 */
export async function passOnUnconfirmed(
  { journal, pageEnd, send, delaySeconds }: RelayDeps,
  records: readonly DynamoDBRecord[],
): Promise<number> {
  let passedOn = 0;
  const errors = await settleAll([...lastAppended(records)], PARALLEL, async ([stream, first]) => {
    // The key of a page says where it begins, and the mark may stand within it, where an effect failed.
    const to = await pageEnd(stream, first);
    if ((await journal.confirmed(stream)) >= to) return;
    const body: EffectsBody = { stream, to };
    await send({ body, delaySeconds });
    passedOn += 1;
  });
  const failed = errors.find((error) => error !== undefined);
  // The stream delivers the batch again; passing on twice is harmless.
  if (failed !== undefined) throw failed;
  return passedOn;
}

/** Streams that no decider has, and that nobody is told of. */
const WITHOUT_EFFECTS: ReadonlySet<string> = new Set([CLEANUP_KIND, CONFIG_KIND, AUDIT_KIND]);

/** Where the last page of each stream in a batch begins: the table's stream shows keys and no more. */
function lastAppended(records: readonly DynamoDBRecord[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const { eventName, dynamodb } of records) {
    const { pk, sk } = dynamodb?.Keys ?? {};
    if (eventName !== 'INSERT' || pk?.S === undefined || !isEventsKey(sk?.S ?? '')) continue;
    // What follows from a cleanup, the next one does where this one could not. From a record nothing follows.
    if (WITHOUT_EFFECTS.has(addressOf(pk.S).kind)) continue;
    last.set(pk.S, Math.max(last.get(pk.S) ?? 0, firstSeqOf(sk?.S ?? '')));
  }
  return last;
}
