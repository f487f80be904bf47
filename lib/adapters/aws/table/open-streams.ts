import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { LetterStatus } from '../../../core/dlq/state';
import { addressOf } from '../../../core/messages/address';
import { isOver, type JobStatus } from '../../../core/model/outcome';
import type { TriggerStatus } from '../../../core/trigger/state';
import { isNamed, upstream } from '../aws-errors';
import { getAll } from './batches';
import { CLOSED, CLOSED_LIST, CONFIRMED, closedKey, eventsKey, LIST, OPEN, OPEN_LIST } from './keys';
import { listedPages } from './listed-items';
import { createPageReader } from './page-reader';

/** How far a stream and its effects are. */
export interface Progress {
  readonly stream: string;
  /** The last event, and the last up to which every effect is performed; 0 where there is none. */
  readonly seq: number;
  readonly confirmed: number;
  /** When its last event was, milliseconds since the epoch; 0 where there is none. */
  readonly at: number;
  /** A job that is over, a trigger that is deleted, letters that are resolved: whose effects are performed is of no interest any more. */
  readonly isOver: boolean;
}

export interface OpenStreams {
  /** Jobs and triggers that may have effects to perform, page by page. Follows the journal with a lag. */
  readonly pages: (
    /** The stream behind which they begin. */
    after?: string,
  ) => AsyncIterable<readonly Progress[]>;
  readonly progress: (streams: readonly string[]) => Promise<readonly Progress[]>;
  /**
   * Takes a stream that is over off the list, unless it has gone on since. A job is closed from then on, and may be removed
   * when it has been for long enough.
   * @param at milliseconds since the epoch.
   */
  readonly close: (progress: Progress, at: number) => Promise<void>;
}

/** What puts a stream on the list: an item of its own, written when its status changes and not with every event. */
export function openItem(stream: string): Record<string, unknown> {
  return { pk: stream, sk: OPEN, gsi1pk: OPEN_LIST, gsi1sk: stream };
}

/** Since when a stream is over and owes nothing. One that goes on leaves it behind, and gets another when it is over again. */
function closedItem(stream: string, at: number): Record<string, unknown> {
  return { pk: stream, sk: CLOSED, closedAt: at, gsi1pk: CLOSED_LIST, gsi1sk: closedKey(at, stream) };
}

/** DynamoDB gives 100 items a call, and two are read of each stream; besides, the end of each is looked for. */
const PAGE = 33;

export function createOpenStreams(client: DynamoDBDocumentClient, tableName: string): OpenStreams {
  const reader = createPageReader(client, tableName);

  async function progress(streams: readonly string[]): Promise<Progress[]> {
    // The mark first: what is appended in between makes a stream look behind, and never done.
    const keys = streams.flatMap((pk) => [CONFIRMED, LIST].map((sk) => ({ pk, sk })));
    const items = new Map(
      (await getAll(client, tableName, keys)).map((item) => [`${item['pk']} ${item['sk']}`, item]),
    );
    const ends = await Promise.all(streams.map((stream) => reader.last(stream)));
    return streams.map((stream, i) => {
      const of = (sk: string) => items.get(`${stream} ${sk}`) ?? {};
      const { seq = 0, at = 0 } = ends[i] ?? {};
      const status = of(LIST)['status'] as JobStatus | TriggerStatus | LetterStatus | undefined;
      const isDone =
        status !== undefined &&
        (status === 'deleted' || status === 'resolved' || isOver(status as JobStatus));
      return { stream, seq, at, confirmed: Number(of(CONFIRMED)['seq'] ?? 0), isOver: isDone };
    });
  }

  return {
    progress,
    async *pages(after) {
      const behind = after === undefined ? {} : { after: openItem(after) };
      for await (const items of listedPages(client, tableName, {
        list: OPEN_LIST,
        Limit: PAGE,
        ...behind,
      })) {
        yield await progress(items.map(({ pk }) => pk as string));
      }
    },
    async close({ stream, seq }, at) {
      const unmoved = {
        TableName: tableName,
        // Where the page would be that goes on from there.
        Key: { pk: stream, sk: eventsKey(seq + 1) },
        ConditionExpression: 'attribute_not_exists(pk)',
      };
      const remove = { TableName: tableName, Key: { pk: stream, sk: OPEN } };
      const command = new TransactWriteCommand({
        TransactItems: [
          { ConditionCheck: unmoved },
          { Delete: remove },
          ...(addressOf(stream).kind === 'job'
            ? [{ Put: { TableName: tableName, Item: closedItem(stream, at) } }]
            : []),
        ],
      });
      try {
        await upstream('DynamoDB write', () => client.send(command));
      } catch (error) {
        // It was resumed meanwhile, or somebody writes it now: then it stays on the list.
        if (!isNamed(error, 'TransactionCanceledException')) throw error;
      }
    },
  };
}
