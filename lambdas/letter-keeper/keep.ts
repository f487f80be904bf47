import { queuedLetter } from '../../lib/adapters/aws/queues/letter-box';
import { redriveBody } from '../../lib/adapters/aws/queues/queue-messages';
import { readMessage } from '../../lib/adapters/aws/queues/read-message';
import { judgePoisoned, letterOfMessage, parkedAgain } from '../../lib/core/dlq/poisoned';
import { judgeLying, type QueuedLetter } from '../../lib/core/dlq/queued';
import { letterAt } from '../../lib/core/messages/address';
import type { LetterMessage } from '../../lib/core/messages/letter';
import { present } from '../../lib/core/model/present';
import type { Clock } from '../../lib/core/model/time';
import {
  type DeadLetterQueue,
  type DeadMessage,
  type MessageArchive,
  REASON_ATTRIBUTE,
} from '../../lib/core/ports/dead-letters';
import type { Log } from '../../lib/core/ports/log';
import type { StreamReader, StreamSender } from '../../lib/core/ports/streams';

/** A DLQ that is looked after. */
export interface WatchedQueue {
  /** Of the queue, as the list of letters has it. */
  readonly name: string;
  readonly dlq: DeadLetterQueue;
  /** What lies there are letters that were laid, and no poisoned messages. */
  readonly isOfLetters: boolean;
}

export interface KeepDeps {
  readonly letters: StreamReader;
  readonly streams: StreamSender;
  readonly archive: MessageArchive;
  /** The age, milliseconds since it was sent, at which a message is taken out of its DLQ: SQS would soon forget it. */
  readonly archiveAfterMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether there is time for one more look. */
  readonly hasTime: () => boolean;
}

/** What one look at a DLQ came to. */
export interface Kept {
  readonly queue: string;
  /** Nobody holds anything of it either. */
  readonly isEmpty?: boolean;
  seen: number;
  parked: number;
  archived: number;
  removed: number;
}

/** Messages of one look at a DLQ: what is held is hidden from the console. What is left is for the next look. */
const MOST = 200;

/** SQS changes so many at once. */
const BATCH = 10;

/**
 * Looks once through a DLQ. Poisoned messages become letters; what is over is removed; what SQS would soon forget goes to
 * the archive, from where it can be redriven as well. What stays is held until the look is over, so that the next receive
 * brings others, and is then given back; a message that comes twice ends the look.
 */
export async function keepQueue(deps: KeepDeps, queue: WatchedQueue): Promise<Kept> {
  const kept: Kept = { queue: queue.name, seen: 0, parked: 0, archived: 0, removed: 0 };
  const { visible, hidden } = await queue.dlq.count();
  if (visible === 0) return { ...kept, isEmpty: hidden === 0 };
  const held = new Map<string, DeadMessage>();
  const done = new Set<string>();
  try {
    let isRepeat = false;
    while (kept.seen < MOST && !isRepeat && deps.hasTime()) {
      const batch = await queue.dlq.receive();
      if (batch.length === 0) break;
      const fresh = batch.filter(({ messageId }) => !held.has(messageId) && !done.has(messageId));
      isRepeat = fresh.length < batch.length;
      // Of one that comes again, the later receipt is the one that counts.
      for (const message of batch) held.set(message.messageId, message);
      kept.seen += fresh.length;
      const over = await keepBatch({ deps, queue, kept }, fresh);
      await queue.dlq.remove(over);
      kept.removed += over.length;
      for (const { messageId } of over) {
        held.delete(messageId);
        done.add(messageId);
      }
    }
  } finally {
    await giveBack(queue.dlq, [...held.values()]);
  }
  return kept;
}

async function giveBack(dlq: DeadLetterQueue, messages: readonly DeadMessage[]): Promise<void> {
  for (let from = 0; from < messages.length; from += BATCH)
    await dlq.giveBack(messages.slice(from, from + BATCH));
}

interface Look {
  readonly deps: KeepDeps;
  readonly queue: WatchedQueue;
  readonly kept: Kept;
}

/** @returns the messages that are to lie there no more. One that cannot be seen to now lies there until it can. */
async function keepBatch(look: Look, messages: readonly DeadMessage[]): Promise<DeadMessage[]> {
  const over: DeadMessage[] = [];
  for (const message of messages) {
    try {
      if ((await keepOne(look, message)) === 'remove') over.push(message);
    } catch (error) {
      const { messageId } = message;
      const extra = { queue: look.queue.name, messageId, error: error as Error };
      look.deps.log.error('a message of a DLQ was not looked after', extra);
    }
  }
  return over;
}

function keepOne(look: Look, message: DeadMessage): Promise<'leave' | 'remove'> {
  const posted = look.queue.isOfLetters ? readLetter(message) : undefined;
  return posted ? keepLetter(look, message, posted) : keepPoisoned(look, message);
}

type Posted = { readonly group: string } & (
  | { readonly kind: 'letter'; readonly letter: QueuedLetter }
  | { readonly kind: 'release'; readonly letterId: string }
);

/** Undefined where it is none, as somebody sent it there. */
function readLetter(message: DeadMessage): Posted | undefined {
  try {
    const body = readMessage(redriveBody, message.body);
    const { group } = body;
    if (body.kind === 'release') return { kind: 'release', group, letterId: body.letterId };
    return { kind: 'letter', group, letter: queuedLetter(body, message) };
  } catch {
    return undefined;
  }
}

async function keepLetter(look: Look, message: DeadMessage, posted: Posted): Promise<'leave' | 'remove'> {
  const { deps } = look;
  const { group } = posted;
  const { state } = await deps.letters.view(letterAt(group));
  if (posted.kind === 'release') {
    // The order to bring a message back was not followed, or nobody knows: a person is to give it again.
    await tell(deps, group, parkedAgain(state, posted.letterId, NOT_SENT));
    return 'remove';
  }
  const { letterId, round, messageId } = posted.letter;
  const lying = judgeLying(state, posted.letter);
  if (lying === 'unknown') return keepPoisoned(look, message);
  if (lying === 'remove') return 'remove';
  if (lying === 'lay') {
    const { posting } = posted.letter;
    await tell(deps, group, { type: 'laid', letterId, round, messageId, posting });
  }
  if (!isOld(deps, message)) return 'leave';
  // It may lie in the archive already, where an earlier look did not come to its end.
  if (state.letters.get(letterId)?.archived?.round !== round)
    await archive(look, message, { group, letterId, round });
  return 'remove';
}

const NOT_SENT =
  'its message could not be sent to its queue: look at the log of redrive, and redrive it again';

async function keepPoisoned(look: Look, message: DeadMessage): Promise<'leave' | 'remove'> {
  const { deps, queue, kept } = look;
  const { messageId, body } = message;
  const reason = reasonOf(message);
  const { group, letter } = letterOfMessage({ queue: queue.name, messageId, body, ...present({ reason }) });
  const { state } = await deps.letters.view(letterAt(group));
  const known = state.letters.get(letter.letterId);
  const verdict = judgePoisoned(known, letter);
  if (verdict.tell) {
    await tell(deps, group, verdict.tell);
    kept.parked += 1;
  }
  // From the first day on, and before it leaves the DLQ: a redrive sends what is in the archive.
  if (known?.archived) return !verdict.stays || isOld(deps, message) ? 'remove' : 'leave';
  const { letterId } = letter;
  await archive(look, message, { group, letterId, round: known?.round ?? 1 });
  return 'leave';
}

interface Archived {
  readonly group: string;
  readonly letterId: string;
  readonly round: number;
}

async function archive(
  { deps, queue, kept }: Look,
  message: DeadMessage,
  { group, letterId, round }: Archived,
): Promise<void> {
  const place = await deps.archive.put({ ...message, queue: queue.name });
  await tell(deps, group, { type: 'archived', letterId, round, place });
  kept.archived += 1;
}

function isOld({ clock, archiveAfterMs }: KeepDeps, { sentAt }: DeadMessage): boolean {
  return clock() - sentAt >= archiveAfterMs;
}

function tell({ streams }: KeepDeps, group: string, message: LetterMessage): Promise<void> {
  const of = 'letterId' in message ? message.letterId : 'letter' in message ? message.letter.letterId : '';
  const id = `keeper/${message.type}/${of}/${'seq' in message ? message.seq : 'round' in message ? message.round : 0}`;
  return streams.send({ to: letterAt(group), message }, { id, actor: KEEPER });
}

const KEEPER = { kind: 'engine', id: 'letter-keeper' } as const;

/** What the function said that gave it up, or EventBridge where that could not deliver it. */
function reasonOf({ attributes }: DeadMessage): string | undefined {
  const said = attributes[REASON_ATTRIBUTE]?.value;
  if (said !== undefined) return said;
  const [code, text] = ['ERROR_CODE', 'ERROR_MESSAGE'].map((name) => attributes[name]?.value);
  return code === undefined ? undefined : `EventBridge could not deliver it: ${code} ${text ?? ''}`.trim();
}
