import type { DynamoDBRecord } from 'aws-lambda';
import type { EffectsBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { SendMessage } from '../../lib/adapters/aws/queues/sender';
import { firstSeqOf, isEventsKey } from '../../lib/adapters/aws/table/keys';
import type { PageMark } from '../../lib/adapters/aws/table/page-marks';
import { AUDIT_KIND } from '../../lib/core/audit/events';
import { CLEANUP_KIND } from '../../lib/core/cleanup/audit';
import { CONFIG_KIND } from '../../lib/core/configuration/events';
import { finishAll } from '../../lib/core/engine/parallel';
import { RepriseError } from '../../lib/core/errors';
import { addressOf } from '../../lib/core/messages/address';

/** Sends under way at a time. */
const PARALLEL = 20;

export interface RelayDeps {
  /** How far effects are performed, of each stream whose page is seen. @param pages what they begin with, by stream. */
  readonly marksOf: (pages: ReadonlyMap<string, number>) => Promise<ReadonlyMap<string, PageMark>>;
  readonly send: SendMessage;
  /** Time the fast path gets to do them first. */
  readonly delaySeconds: number;
}

/**
 * Sees every page that was appended and passes on the streams whose effects are not confirmed.
 * @returns streams passed on.
 */
export async function passOnUnconfirmed(
  { marksOf, send, delaySeconds }: RelayDeps,
  records: readonly DynamoDBRecord[],
): Promise<number> {
  let passedOn = 0;
  const appended = lastAppended(records);
  if (appended.size === 0) return 0;
  const marks = await marksOf(appended);
  // Where one fails the stream delivers the batch again; passing on twice is harmless.
  await finishAll([...appended], PARALLEL, async ([stream, first]) => {
    const mark = marks.get(stream);
    if (!mark)
      throw new RepriseError('UPSTREAM_UNAVAILABLE', `no page of ${stream} begins with ${first} yet`);
    // The key of a page says where it begins, and the mark may stand within it, where an effect failed.
    const { to, confirmed } = mark;
    if (confirmed >= to) return;
    const body: EffectsBody = { stream, to };
    await send({ body, delaySeconds });
    passedOn += 1;
  });
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
