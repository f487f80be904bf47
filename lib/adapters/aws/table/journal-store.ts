import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { EngineJournal, PoolStatusIndex, TriggerStatusIndex } from '../../../core/engine/stream-engine';
import { RepriseError } from '../../../core/errors';
import { EMPTY_HEAD, type Recorded, type StreamHead } from '../../../core/journal/envelope';
import { isNamed, upstream } from '../aws-errors';
import { type EventPage, eventsOf, toPages, toTransactions } from './event-pages';
import { listItems } from './list-items';
import { queueItem } from './pool-queues';
import { CONFIRMED, eventsKey, HEAD, LAST_EVENTS_KEY } from './keys';
import { triggerItem } from './trigger-list';

/** A journal that also keeps how far the effects of a stream have been performed. */
export interface ConfirmingJournal extends EngineJournal {
  /**
   * Notes that the effects of events `from` to `to` are performed. Does nothing when those of an earlier event are
   * not: the mark says "everything up to here", so it never passes over a gap.
   * @returns whether everything up to `to` is now known to be performed.
   */
  readonly confirm: (stream: string, from: number, to: number) => Promise<boolean>;
  /** The last event up to which every effect is performed; 0 when none is known to be. */
  readonly confirmed: (stream: string) => Promise<number>;
}

/** Pages of the first read: a stream that was read a moment ago has few new ones, often none. */
const FIRST_READ_PAGES = 8;
/** Attempts to commit against another transaction on the same items that may yet fail. */
const TRANSACTION_ATTEMPTS = 4;

export function createDynamoJournalStore(
  client: DynamoDBDocumentClient,
  tableName: string,
): ConfirmingJournal {
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
      await commit(client, stream, {
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
    append: (stream, expected, events, index) =>
      append(stream, expected, events, index && changesLists(events) ? listItems(stream, index) : []),
    appendWithStatus: (stream, expected, events, status) =>
      append(stream, expected, events, besides(stream, events, status)),
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

/** Lists show the job, not its nodes: only events of the job itself change them. */
function changesLists(events: readonly Recorded[]): boolean {
  return events.some(({ type }) => type.startsWith('job.'));
}

function besides(
  stream: string,
  events: readonly Recorded[],
  status: PoolStatusIndex | TriggerStatusIndex,
): Record<string, unknown>[] {
  if (status.kind === 'trigger') return changesTrigger(events) ? [triggerItem(stream, status)] : [];
  return changesQueue(events) ? [queueItem(stream, status)] : [];
}

/** Firings do not change what a list of triggers shows. */
function changesTrigger(events: readonly Recorded[]): boolean {
  return events.some(({ type }) => DEFINING.has(type));
}

const DEFINING = new Set(['trigger.set', 'trigger.paused', 'trigger.unpaused', 'trigger.deleted']);

/** Most of what a pool decides is about work and leases; its queue of jobs changes far less often. */
function changesQueue(events: readonly Recorded[]): boolean {
  return events.some(({ type }) => type.startsWith('job.') || type.startsWith('queue.'));
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

async function commit(
  client: DynamoDBDocumentClient,
  stream: string,
  transaction: Transaction,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await upstream('DynamoDB append', () => client.send(new TransactWriteCommand(transaction)));
      return;
    } catch (cause) {
      if (!isNamed(cause, 'TransactionCanceledException')) throw cause;
      const reasons = (cause as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? [];
      const codes = new Set(reasons.map(({ Code }) => Code).filter((code) => code !== 'None'));
      if (codes.has('ThrottlingError') || codes.has('ProvisionedThroughputExceeded')) {
        throw new RepriseError('UPSTREAM_UNAVAILABLE', `DynamoDB throttled an append to ${stream}`, {
          cause,
        });
      }
      if (!codes.has('ConditionalCheckFailed') && !codes.has('TransactionConflict')) throw cause;
      // A mere conflict names no winner: the other transaction may have been cancelled as well.
      if (codes.has('ConditionalCheckFailed') || attempt >= TRANSACTION_ATTEMPTS) {
        throw new RepriseError('VERSION_CONFLICT', `${stream} moved on since it was read`, { cause });
      }
      await sleep(5 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
