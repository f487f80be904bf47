import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { assertNever, isRepriseError, RepriseError } from '../../../core/errors';
import { EMPTY_HEAD, type Recorded, type StreamHead } from '../../../core/journal/envelope';
import type { Timing } from '../../../core/model/time';
import type { OutboxJournal } from '../../../core/ports/stores';
import type { Listing } from '../../../core/projections/listing';
import { retrying } from '../../../core/retry/retrying';
import { isNamed, upstream } from '../aws-errors';
import { type EventPage, eventsOf, toPages, toTransactions } from './event-pages';
import { CONFIRMED, eventsKey, HEAD, LAST_EVENTS_KEY } from './keys';
import { jobItems } from './list-items';
import { queueItem } from './pool-queues';
import { triggerItems } from './trigger-list';

/** Pages of the first read: a stream that was read a moment ago has few new ones, often none. */
const FIRST_READ_PAGES = 8;
/** Attempts to commit against another transaction on the same items that may yet fail. */
const TRANSACTION_ATTEMPTS = 4;

export function createDynamoJournalStore(
  client: DynamoDBDocumentClient,
  tableName: string,
  timing: Timing,
): OutboxJournal {
  async function get(pk: string, sk: string): Promise<Record<string, unknown> | undefined> {
    const command = new GetCommand({ TableName: tableName, Key: { pk, sk }, ConsistentRead: true });
    return (await upstream('DynamoDB read', () => client.send(command))).Item;
  }

  async function* pages(stream: string, fromSeq: number): AsyncGenerator<EventPage> {
    let start: Record<string, unknown> | undefined;
    let limit: number | undefined = FIRST_READ_PAGES;
    do {
      const command: QueryCommand = new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': stream, ':from': eventsKey(fromSeq), ':to': LAST_EVENTS_KEY },
        ConsistentRead: true,
        Limit: limit,
        ExclusiveStartKey: start,
      });
      const { Items, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
      yield* (Items ?? []) as EventPage[];
      start = LastEvaluatedKey;
      limit = undefined;
    } while (start);
  }

  /** @param beside items that change with the stream: put with the last of its pages. */
  async function append(
    stream: string,
    expected: StreamHead,
    events: readonly Recorded[],
    beside: readonly Record<string, unknown>[],
  ): Promise<void> {
    const groups = toTransactions(toPages(stream, events));
    let head = expected;
    for (const [i, group] of groups.entries()) {
      const last = events.find(({ seq }) => seq === group.at(-1)?.to) as Recorded;
      const next = { seq: last.seq, hash: last.hash };
      const others = i === groups.length - 1 ? beside : [];
      const items = [moveHead(tableName, stream, head, next), ...group.map((page) => put(tableName, page))];
      await commit(client, timing, stream, {
        TransactItems: [...items, ...others.map((Item) => ({ Put: { TableName: tableName, Item } }))],
      });
      head = next;
    }
  }

  return {
    async head(stream) {
      const item = await get(stream, HEAD);
      return item ? { seq: item['seq'] as number, hash: item['hash'] as string } : EMPTY_HEAD;
    },
    async *read(stream, fromSeq = 1) {
      for await (const page of pages(stream, fromSeq)) {
        for (const event of eventsOf(page)) if (event.seq >= fromSeq) yield event;
      }
    },
    append: (stream, expected, events, listing) =>
      append(stream, expected, events, listing ? listingItems(stream, listing) : []),
    async confirm(stream, from, to) {
      const command = new UpdateCommand({
        TableName: tableName,
        Key: { pk: stream, sk: CONFIRMED },
        UpdateExpression: 'SET seq = :to',
        ConditionExpression:
          from <= 1 ? 'attribute_not_exists(seq) OR seq < :to' : 'seq >= :before AND seq < :to',
        ExpressionAttributeValues: { ':to': to, ...(from <= 1 ? {} : { ':before': from - 1 }) },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await upstream('DynamoDB confirm', () => client.send(command));
        return true;
      } catch (error) {
        if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
        const old = (error as { Item?: { seq?: { N?: string } } }).Item;
        return Number(old?.seq?.N ?? 0) >= to;
      }
    },
    async confirmed(stream) {
      return ((await get(stream, CONFIRMED))?.['seq'] as number | undefined) ?? 0;
    },
  };
}

/** Items that show the stream in lists, or to whoever submits to a pool. */
function listingItems(stream: string, listing: Listing): Record<string, unknown>[] {
  switch (listing.kind) {
    case 'job':
      return jobItems(stream, listing);
    case 'pool':
      return [queueItem(stream, listing)];
    case 'trigger':
      return triggerItems(stream, listing);
    default:
      return assertNever(listing, 'listing');
  }
}

function moveHead(tableName: string, stream: string, expected: StreamHead, next: StreamHead) {
  const isFirst = expected.seq === 0;
  const found = { ':seq': expected.seq, ':hash': expected.hash };
  return {
    Update: {
      TableName: tableName,
      Key: { pk: stream, sk: HEAD },
      UpdateExpression: 'SET seq = :nextSeq, #hash = :nextHash',
      ConditionExpression: isFirst ? 'attribute_not_exists(pk)' : 'seq = :seq AND #hash = :hash',
      ExpressionAttributeNames: { '#hash': 'hash' },
      ExpressionAttributeValues: {
        ':nextSeq': next.seq,
        ':nextHash': next.hash,
        ...(isFirst ? {} : found),
      },
    },
  };
}

function put(tableName: string, page: EventPage) {
  return { Put: { TableName: tableName, Item: page, ConditionExpression: 'attribute_not_exists(pk)' } };
}

type Transaction = ConstructorParameters<typeof TransactWriteCommand>[0];

/** A transaction that met another one on its items, which may yet fail: the wait before it is tried again. */
const CONFLICT_BACKOFF = {
  strategy: 'exponential',
  initialDelayMs: 10,
  maxDelayMs: 200,
  jitter: 'equal',
} as const;

async function commit(
  client: DynamoDBDocumentClient,
  timing: Timing,
  stream: string,
  transaction: Transaction,
): Promise<void> {
  const options = { ...timing, backoff: CONFLICT_BACKOFF, attempts: TRANSACTION_ATTEMPTS };
  const hasMoved = await retrying(() => isRefused(client, stream, transaction), options).catch(
    (error: unknown) => {
      // As likely as not the other transaction has won by now: to read the stream again is the way on.
      if (isRepriseError(error) && error.context['isConflict']) return true;
      throw error;
    },
  );
  if (hasMoved) throw new RepriseError('VERSION_CONFLICT', `${stream} moved on since it was read`);
}

/** @returns whether the stream moved on. @throws RepriseError UPSTREAM_UNAVAILABLE where it is not known yet. */
async function isRefused(
  client: DynamoDBDocumentClient,
  stream: string,
  transaction: Transaction,
): Promise<boolean> {
  try {
    await upstream('DynamoDB append', () => client.send(new TransactWriteCommand(transaction)));
    return false;
  } catch (cause) {
    if (!isNamed(cause, 'TransactionCanceledException')) throw cause;
    const reasons = (cause as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? [];
    const codes = new Set(reasons.map(({ Code }) => Code).filter((code) => code !== 'None'));
    if (codes.has('ConditionalCheckFailed')) return true;
    const isBusy = ['ThrottlingError', 'ProvisionedThroughputExceeded', 'TransactionConflict'];
    if (!isBusy.some((code) => codes.has(code))) throw cause;
    const message = `DynamoDB put an append to ${stream} off: ${[...codes].join(', ')}`;
    const context = { isConflict: codes.has('TransactionConflict') };
    throw new RepriseError('UPSTREAM_UNAVAILABLE', message, { cause, context });
  }
}
