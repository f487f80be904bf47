import {
  type DynamoDBDocumentClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { LRUCache } from 'lru-cache';
import { RepriseError } from '../../../core/errors';
import { EMPTY_HEAD, type Recorded, type StreamHead } from '../../../core/journal/envelope';
import { addressOf } from '../../../core/messages/address';
import { upstream } from '../aws-errors';
import { type EventPage, eventsOf, headOf } from './event-pages';
import { eventsKey, FIRST_EVENTS_KEY, LAST_EVENTS_KEY } from './keys';

/** Pages of the first read: a stream that was read a moment ago has few new ones, often none. */
const FIRST_READ_PAGES = 8;
/** Streams whose end this process remembers. */
const MAX_ENDS = 10_000;

/** The pages of streams, and where streams were seen to end. */
export interface PageReader {
  readonly head: (stream: string) => Promise<StreamHead>;
  /** The last event; undefined where there is none. */
  readonly last: (stream: string) => Promise<Recorded | undefined>;
  /**
   * Without a gap.
   * @throws RepriseError JOB_NOT_FOUND of a job that was removed, for as long as its seal stands; JOURNAL_CORRUPT.
   */
  readonly events: (stream: string, fromSeq: number) => AsyncGenerator<Recorded>;
  /** Whether a page of the stream ends there; asks the table only where this process has not seen it. */
  readonly endsAt: (stream: string, head: StreamHead) => Promise<boolean>;
  /** Notes that a page which ends there was written. */
  readonly wrote: (stream: string, head: StreamHead) => void;
}

function removed(stream: string): RepriseError {
  const { kind, id } = addressOf(stream);
  const message = `${kind} ${id} was archived and removed: its events are in the archive of this deployment`;
  return new RepriseError('JOB_NOT_FOUND', message, { context: { stream } });
}

interface Store {
  readonly client: DynamoDBDocumentClient;
  readonly TableName: string;
}

async function query(
  { client, TableName }: Store,
  stream: string,
  { from, to, ...rest }: { from: string; to: string } & Partial<QueryCommandInput>,
): Promise<{ pages: EventPage[]; next: QueryCommandOutput['LastEvaluatedKey'] }> {
  const command = new QueryCommand({
    TableName,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':pk': stream, ':from': from, ':to': to },
    ConsistentRead: true,
    ...rest,
  });
  const { Items, LastEvaluatedKey } = await upstream('DynamoDB read', () => client.send(command));
  return { pages: (Items ?? []) as EventPage[], next: LastEvaluatedKey };
}

/** @see PageReader */
export function createPageReader(client: DynamoDBDocumentClient, TableName: string): PageReader {
  const store = { client, TableName };
  /** Ends that are in the table, of each stream the one that was seen last. */
  const ends = new LRUCache<string, StreamHead>({ max: MAX_ENDS });

  /** The page with the last of the keys up to this one. */
  async function lastPage(stream: string, to: string): Promise<EventPage | undefined> {
    const options = { from: FIRST_EVENTS_KEY, to, ScanIndexForward: false, Limit: 1 };
    return (await query(store, stream, options)).pages[0];
  }

  async function* pages(stream: string, fromSeq: number): AsyncGenerator<EventPage> {
    let from = eventsKey(fromSeq);
    // Where the stream is known to have ended just before, a page begins there or nowhere.
    if (fromSeq > 1 && ends.get(stream)?.seq !== fromSeq - 1) {
      const first = await lastPage(stream, from);
      if (first) yield first;
      if (first?.sk === from) from = eventsKey(first.to + 1);
    }
    let start: QueryCommandOutput['LastEvaluatedKey'];
    let Limit: number | undefined = FIRST_READ_PAGES;
    do {
      const found = await query(store, stream, {
        from,
        to: LAST_EVENTS_KEY,
        Limit,
        ExclusiveStartKey: start,
      });
      yield* found.pages;
      start = found.next;
      Limit = undefined;
    } while (start);
  }

  async function gap(stream: string, seq: number): Promise<RepriseError> {
    if ((await lastPage(stream, LAST_EVENTS_KEY))?.sealed) return removed(stream);
    const message = `${stream} has no event ${seq}, and has later ones`;
    return new RepriseError('JOURNAL_CORRUPT', message, { context: { stream, seq } });
  }

  return {
    async head(stream) {
      const page = await lastPage(stream, LAST_EVENTS_KEY);
      if (!page) return EMPTY_HEAD;
      const head = headOf(page);
      // A seal is no end that anything can follow.
      if (!page.sealed) ends.set(stream, head);
      return head;
    },
    async last(stream) {
      const page = await lastPage(stream, LAST_EVENTS_KEY);
      return page && eventsOf(page).at(-1);
    },
    async *events(stream, fromSeq) {
      let next = fromSeq;
      for await (const page of pages(stream, fromSeq)) {
        // Whoever remembers the stream as it was must not go on with that.
        if (page.sealed) throw removed(stream);
        // Its pages go one by one: what is left of them must not be taken for all there is.
        if (page.from > next) throw await gap(stream, next);
        const events = eventsOf(page);
        const { seq, hash } = events.at(-1) ?? EMPTY_HEAD;
        if (seq >= fromSeq) ends.set(stream, { seq, hash });
        for (const event of events) if (event.seq >= fromSeq) yield event;
        next = Math.max(next, seq + 1);
      }
    },
    async endsAt(stream, { seq, hash }) {
      const known = ends.get(stream);
      if (seq === 0 || (known?.seq === seq && known.hash === hash)) return true;
      const page = await lastPage(stream, eventsKey(seq));
      const end = page && headOf(page);
      if (end?.seq !== seq || end.hash !== hash) return false;
      ends.set(stream, end);
      return true;
    },
    wrote: (stream, { seq, hash }) => void ends.set(stream, { seq, hash }),
  };
}
