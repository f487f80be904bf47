import type { ReceivedMessage, ReceivedQueue } from '../../lib/core/ports/received';
import { count, logger } from './telemetry';

/** What Lambda hands over of an ordered queue at most: where it is that, more may wait. */
const FULL = 10;

/** Calls of each round, which follows where the one before brought full batches: 80 messages in all. */
const ROUNDS = [1, 2, 4];

/** What is this much is enough for an append. */
const ENOUGH_BYTES = 300_000;

/**
 * Handles a batch, and with it more of what waits where the batch is full: to load, decide and append costs about the same
 * for many messages as for ten. In ordered queues that is of other groups, as those of the batch are under way.
 * @param handle answers the ids of the messages that come again.
 * @returns those of the batch that come again; Lambda knows of no others.
 */
export async function withMore(
  batch: readonly ReceivedMessage[],
  queue: ReceivedQueue,
  handle: (messages: readonly ReceivedMessage[]) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const more = await moreThan(batch, queue);
  const back = new Set(await handle([...batch, ...more]));
  await remove(
    queue,
    more.filter(({ messageId }) => !back.has(messageId)),
  );
  return batch.map(({ messageId }) => messageId).filter((messageId) => back.has(messageId));
}

async function moreThan(batch: readonly ReceivedMessage[], queue: ReceivedQueue): Promise<ReceivedMessage[]> {
  const more: ReceivedMessage[] = [];
  if (batch.length < FULL) return more;
  for (const calls of ROUNDS) {
    if (bytesOf([...batch, ...more]) > ENOUGH_BYTES) break;
    const taken = await Promise.all(Array.from({ length: calls }, () => takeMore(queue)));
    more.push(...taken.flat());
    if (taken.some(({ length }) => length < FULL)) break;
  }
  if (more.length > 0) count('MessagesTakenAlong', more.length);
  return more;
}

/** What cannot be had now waits for another invocation. */
async function takeMore(queue: ReceivedQueue): Promise<readonly ReceivedMessage[]> {
  try {
    return await queue.takeMore();
  } catch (error) {
    logger.warn('no more messages were taken along', { error: error as Error });
    return [];
  }
}

async function remove(queue: ReceivedQueue, handled: readonly ReceivedMessage[]): Promise<void> {
  if (handled.length === 0) return;
  try {
    await queue.remove(handled);
  } catch (error) {
    // They come again when their visibility ends, and change nothing then.
    logger.warn('messages that are handled were not removed', { error: error as Error });
  }
}

const bytesOf = (messages: readonly ReceivedMessage[]): number =>
  messages.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
