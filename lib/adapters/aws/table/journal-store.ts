import { randomUUID } from 'node:crypto';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { assertNever, isRepriseError, RepriseError } from '../../../core/errors';
import type { Recorded, StreamHead } from '../../../core/journal/envelope';
import { inNewestShape } from '../../../core/journal/newest';
import type { Timing } from '../../../core/model/time';
import type { OutboxJournal } from '../../../core/ports/stores';
import type { Listing } from '../../../core/projections/listing';
import { retrying } from '../../../core/retry/retrying';
import { isNamed, upstream } from '../aws-errors';
import { createConfirmations } from './confirmations';
import { dependencyItems } from './dependency-list';
import { type EventPage, toPages, toTransactions } from './event-pages';
import { CONFIRMED } from './keys';
import { letterItems } from './letter-list';
import { jobItems } from './list-items';
import { createPageReader } from './page-reader';
import { queueItem } from './pool-queues';
import { traceItems } from './trace-index';
import { triggerItems } from './trigger-list';

/** Attempts to commit against another transaction on the same items that may yet fail. */
const TRANSACTION_ATTEMPTS = 4;

/**
 * A journal in the table. An append is one conditional write, without an item that all appends would change: a page's key
 * is the sequence that follows the end which its writer saw, and the page that ends there is known to exist, as it was
 * read or written here before. So a stream has no gap and no fork.
 */
export function createDynamoJournalStore(
  client: DynamoDBDocumentClient,
  tableName: string,
  timing: Timing,
): OutboxJournal {
  const reader = createPageReader(client, tableName);

  async function get(pk: string, sk: string): Promise<Record<string, unknown> | undefined> {
    const command = new GetCommand({ TableName: tableName, Key: { pk, sk }, ConsistentRead: true });
    return (await upstream('DynamoDB read', () => client.send(command))).Item;
  }

  /** @param beside items that change with the stream: put with the last of its pages. */
  async function append(
    stream: string,
    expected: StreamHead,
    events: readonly Recorded[],
    beside: readonly Record<string, unknown>[],
  ): Promise<void> {
    if (!(await reader.endsAt(stream, expected))) throw movedOn(stream);
    const groups = toTransactions(toPages(stream, events));
    for (const [i, group] of groups.entries()) {
      const [page] = group;
      const others = i === groups.length - 1 ? beside : [];
      if (page && group.length + others.length === 1) await putPage({ client, tableName, timing }, page);
      else {
        const items = [
          ...group.map((each) => ({ Put: newPage(tableName, each) })),
          ...others.map((Item) => ({ Put: { TableName: tableName, Item } })),
        ];
        await commit(client, timing, stream, { TransactItems: items });
      }
    }
    const last = events.at(-1);
    if (last) reader.wrote(stream, last);
  }

  return {
    head: reader.head,
    read: (stream, fromSeq = 1) => inNewestShape(reader.events(stream, fromSeq)),
    written: (stream, fromSeq = 1) => reader.events(stream, fromSeq),
    append: (stream, expected, events, listing) =>
      append(stream, expected, events, [
        ...(listing ? listingItems(stream, listing) : []),
        ...traceItems(stream, events),
      ]),
    confirm: createConfirmations(client, tableName),
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
    case 'letter':
      return letterItems(stream, listing);
    case 'dependency':
      return dependencyItems(stream, listing);
    default:
      return assertNever(listing, 'listing');
  }
}

function newPage(TableName: string, page: EventPage & { readonly append?: string }) {
  return { TableName, Item: page, ConditionExpression: 'attribute_not_exists(pk)' };
}

interface Store {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly timing: Timing;
}

/** @throws RepriseError VERSION_CONFLICT when another page has its key. */
async function putPage({ client, tableName, timing }: Store, page: EventPage): Promise<void> {
  // Two may write the same events; whose page it is, this tells.
  const append = randomUUID();
  const command = new PutCommand({
    ...newPage(tableName, { ...page, append }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const options = { ...timing, backoff: CONFLICT_BACKOFF, attempts: TRANSACTION_ATTEMPTS };
  await retrying(async () => {
    try {
      await upstream('DynamoDB append', () => client.send(command));
    } catch (cause) {
      if (isNamed(cause, 'TransactionConflictException'))
        throw putOff(page.pk, ['TransactionConflict'], cause);
      if (!isNamed(cause, 'ConditionalCheckFailedException')) throw cause;
      // An answer that was lost on its way: the write was tried again, and found itself.
      if (appendOf(cause) !== append) throw movedOn(page.pk);
    }
  }, options);
}

/** By which append the page was written that an error shows. */
function appendOf(error: unknown): string | undefined {
  return (error as { Item?: { append?: { S?: string } } }).Item?.append?.S;
}

function movedOn(stream: string): RepriseError {
  return new RepriseError('VERSION_CONFLICT', `${stream} moved on since it was read`);
}

function putOff(stream: string, codes: readonly string[], cause: unknown): RepriseError {
  const message = `DynamoDB put an append to ${stream} off: ${codes.join(', ')}`;
  return new RepriseError('UPSTREAM_UNAVAILABLE', message, {
    cause,
    context: { isConflict: codes.includes('TransactionConflict') },
  });
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
  if (hasMoved) throw movedOn(stream);
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
    throw putOff(stream, [...codes] as string[], cause);
  }
}
