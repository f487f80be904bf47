import { BatchGetCommand, type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { LetterStatus } from '../../../core/dlq/state';
import { RepriseError } from '../../../core/errors';
import { isOver, type JobStatus } from '../../../core/model/outcome';
import type { TriggerStatus } from '../../../core/trigger/state';
import { isNamed, upstream } from '../aws-errors';
import { CONFIRMED, eventsKey, LIST, OPEN, OPEN_LIST } from './keys';
import { listedPages } from './listed-items';
import { createPageReader } from './page-reader';

/** How far a stream and its effects are. */
export interface Progress {
  readonly stream: string;
  /** The last event, and the last up to which every effect is performed; 0 where there is none. */
  readonly seq: number;
  readonly confirmed: number;
  /** A job that is over, a trigger that is deleted, letters that are resolved: whose effects are performed is of no interest any more. */
  readonly isOver: boolean;
}

export interface OpenStreams {
  /** Jobs and triggers that may have effects to perform, page by page. Follows the journal with a lag. */
  readonly pages: () => AsyncIterable<readonly Progress[]>;
  readonly progress: (streams: readonly string[]) => Promise<readonly Progress[]>;
  /** Takes a stream that is over off the list, unless it has gone on since. */
  readonly close: (progress: Progress) => Promise<void>;
}

/** What puts a stream on the list: an item of its own, written when its status changes and not with every event. */
export function openItem(stream: string): Record<string, unknown> {
  return { pk: stream, sk: OPEN, gsi1pk: OPEN_LIST, gsi1sk: stream };
}

/** DynamoDB gives 100 items a call, and two are read of each stream; besides, the end of each is looked for. */
const PAGE = 33;

export function createOpenStreams(client: DynamoDBDocumentClient, tableName: string): OpenStreams {
  type Keys = { pk: string; sk: string }[];
  const reader = createPageReader(client, tableName);

  async function getAll(keys: Keys): Promise<Record<string, unknown>[]> {
    const found: Record<string, unknown>[] = [];
    for (let left = keys; left.length > 0; ) {
      const command: BatchGetCommand = new BatchGetCommand({ RequestItems: { [tableName]: { Keys: left } } });
      const { Responses, UnprocessedKeys } = await upstream('DynamoDB read', () => client.send(command));
      found.push(...(Responses?.[tableName] ?? []));
      const rest: Keys = (UnprocessedKeys?.[tableName]?.Keys as Keys | undefined) ?? [];
      if (rest.length === left.length) {
        throw new RepriseError('UPSTREAM_UNAVAILABLE', 'DynamoDB reads nothing of a batch now');
      }
      left = rest;
    }
    return found;
  }

  async function progress(streams: readonly string[]): Promise<Progress[]> {
    // The mark first: what is appended in between makes a stream look behind, and never done.
    const keys = streams.flatMap((pk) => [CONFIRMED, LIST].map((sk) => ({ pk, sk })));
    const items = new Map((await getAll(keys)).map((item) => [`${item['pk']} ${item['sk']}`, item]));
    const heads = await Promise.all(streams.map((stream) => reader.head(stream)));
    return streams.map((stream, i) => {
      const of = (sk: string) => items.get(`${stream} ${sk}`) ?? {};
      const seq = heads[i]?.seq ?? 0;
      const status = of(LIST)['status'] as JobStatus | TriggerStatus | LetterStatus | undefined;
      const isDone =
        status !== undefined &&
        (status === 'deleted' || status === 'resolved' || isOver(status as JobStatus));
      return { stream, seq, confirmed: Number(of(CONFIRMED)['seq'] ?? 0), isOver: isDone };
    });
  }

  return {
    progress,
    async *pages() {
      for await (const items of listedPages(client, tableName, { list: OPEN_LIST, Limit: PAGE })) {
        yield await progress(items.map(({ pk }) => pk as string));
      }
    },
    async close({ stream, seq }) {
      const unmoved = {
        TableName: tableName,
        // Where the page would be that goes on from there.
        Key: { pk: stream, sk: eventsKey(seq + 1) },
        ConditionExpression: 'attribute_not_exists(pk)',
      };
      const remove = { TableName: tableName, Key: { pk: stream, sk: OPEN } };
      const command = new TransactWriteCommand({
        TransactItems: [{ ConditionCheck: unmoved }, { Delete: remove }],
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
