import { streamIdOf } from '../../lib/adapters/aws/queues/message-groups';
import { finishAll } from '../../lib/core/engine/parallel';
import { isRetryable, isTerminal } from '../../lib/core/errors';
import type { Timing } from '../../lib/core/model/time';
import type { ReceivedMessage, ReceivedQueue } from '../../lib/core/ports/received';
import { backoff } from '../../lib/core/retry/backoff';
import { retrying } from '../../lib/core/retry/retrying';
import { count, logger } from './telemetry';

export interface Grouped<Item, Received extends ReceivedMessage = ReceivedMessage> {
  /** @throws RepriseError a terminal one when the message is none of this queue. */
  readonly parse: (record: Received) => Item;
  /** Handles items of one group in order, all or none. */
  readonly handle: (group: string, items: readonly Item[]) => Promise<void>;
}

/** Where messages come from, and what waiting takes. */
export interface Intake {
  readonly queue: ReceivedQueue;
  readonly timing: Timing;
}

export interface Patience extends Intake {
  /** Groups under way at a time; all of the batch by default. */
  readonly parallel?: number;
  /** No try begins after it, milliseconds since the epoch. */
  readonly until: number;
}

/** Within an invocation: a service that hiccups costs a moment, and no group a receive. */
const RETRY_BACKOFF = {
  strategy: 'exponential',
  initialDelayMs: 200,
  maxDelayMs: 2_000,
  jitter: 'equal',
} as const;

/** From receive to receive, which holds up the whole group: at most so long after the service is there again. */
const RECEIVE_BACKOFF = {
  strategy: 'exponential',
  initialDelayMs: 1_000,
  maxDelayMs: 120_000,
  jitter: 'equal',
} as const;

/** Receives after which an error that nobody knows is taken for final: about five minutes. */
export const UNKNOWN_RECEIVES = 10;

/**
 * Handles a batch of a queue: as many of its groups at the same time as `patience` says, in the order in which they came. What
 * cannot be handled now comes again, sooner or later by how often it did, together with all behind it in its group, so that
 * order holds; other groups go on. What can never be handled goes to the DLQ at once, with the reason, and holds up nothing.
 * @param groupOf what a message is handled together with, and keeps its order with.
 * @returns ids of the messages that come again.
 */
export async function processGroups<Item, Received extends ReceivedMessage = ReceivedMessage>(
  records: readonly Received[],
  grouped: Grouped<Item, Received>,
  patience: Patience,
  groupOf: (record: Received) => string = orderedGroup,
): Promise<string[]> {
  const groups = new Map<string, Received[]>();
  for (const record of records) {
    const group = groupOf(record);
    groups.set(group, [...(groups.get(group) ?? []), record]);
  }
  const back: (readonly ReceivedMessage[])[] = [];
  // What nobody foresaw says nothing of any message: all of them come again.
  await finishAll([...groups], patience.parallel ?? groups.size, async ([group, members]) => {
    back.push(await processGroup(group, members, grouped, patience));
  });
  return back.flat().map(({ messageId }) => messageId);
}

/** The lanes of a stream are decided together: it has one journal. */
const orderedGroup = ({ attributes }: ReceivedMessage): string => streamIdOf(attributes.MessageGroupId ?? '');

interface Read<Item> {
  readonly record: ReceivedMessage;
  readonly item: Item;
}

/** @returns the messages that come again. */
async function processGroup<Item, Received extends ReceivedMessage>(
  group: string,
  records: readonly Received[],
  { parse, handle }: Grouped<Item, Received>,
  patience: Patience,
): Promise<readonly ReceivedMessage[]> {
  const { timing, until } = patience;
  const tryNow = (some: readonly Read<Item>[]) =>
    retrying(
      () =>
        handle(
          group,
          some.map(({ item }) => item),
        ),
      { ...timing, until, backoff: RETRY_BACKOFF },
    );
  const read: Read<Item>[] = [];
  let unread: readonly Received[] = [];
  for (const [i, record] of records.entries()) {
    try {
      read.push({ record, item: parse(record) });
    } catch (error) {
      if (await isGivenUp(record, error, patience)) continue;
      unread = records.slice(i);
      break;
    }
  }
  const handled = await handleInOrder(read, tryNow, patience);
  const back = [...read.slice(handled).map(({ record }) => record), ...unread];
  await comeAgain(group, back, patience);
  return back;
}

/** @returns how many, from the first, are done with. */
async function handleInOrder<Item>(
  read: readonly Read<Item>[],
  tryNow: (some: readonly Read<Item>[]) => Promise<void>,
  patience: Patience,
): Promise<number> {
  if (read.length === 0) return 0;
  if (read.length > 1) {
    try {
      await tryNow(read);
      return read.length;
    } catch (error) {
      if (isRetryable(error)) return notNow(error, 0);
      // One of them cannot be handled, and it must not take the others to the DLQ: find it.
    }
  }
  for (const [i, one] of read.entries()) {
    try {
      await tryNow([one]);
    } catch (error) {
      if (!(await isGivenUp(one.record, error, patience))) return notNow(error, i);
    }
  }
  return read.length;
}

function notNow(error: unknown, handled: number): number {
  logger.warn('an input cannot be handled now, and those behind it wait', { error: error as Error });
  return handled;
}

/** Moves a message that can never be handled to the DLQ. @returns whether it is there. */
async function isGivenUp(record: ReceivedMessage, error: unknown, { queue }: Patience): Promise<boolean> {
  const isFinal = isTerminal(error) || (!isRetryable(error) && receivesOf(record) >= UNKNOWN_RECEIVES);
  if (!isFinal) return false;
  const { messageId } = record;
  try {
    await queue.moveToDlq(record, reasonOf(error));
  } catch (failure) {
    // Where even that fails it comes again, and is moved then.
    logger.error('a message was not moved to the DLQ', { messageId, error: failure as Error });
    return false;
  }
  count('InputsPoisoned');
  logger.error('an input failed for good', { messageId, error: error as Error });
  return true;
}

function reasonOf(error: unknown): string {
  const { code, name, message } = error as { code?: unknown } & Error;
  return `${typeof code === 'string' ? code : name}: ${message}`;
}

async function comeAgain(group: string, back: readonly ReceivedMessage[], { queue, timing }: Patience) {
  const [first] = back;
  if (!first) return;
  count('InputsPutOff', back.length);
  const { delayMs } = backoff(RECEIVE_BACKOFF, receivesOf(first), timing.random());
  try {
    await queue.comeAgain(back, delayMs / 1_000);
  } catch (error) {
    // Then they come when their visibility ends.
    logger.warn('the visibility of messages was not changed', { group, error: error as Error });
  }
}

const receivesOf = ({ attributes }: ReceivedMessage): number => Number(attributes.ApproximateReceiveCount);
