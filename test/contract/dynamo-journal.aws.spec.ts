import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { createDynamoJournalStore } from '../../lib/adapters/aws/table/journal-store';
import { createPoolQueues } from '../../lib/adapters/aws/table/pool-queues';
import { SYSTEM } from '../../lib/adapters/system';
import { EMPTY_HEAD, type Recorded } from '../../lib/core/journal/envelope';
import { verifyChain } from '../../lib/core/journal/verify';
import type { OutboxJournal } from '../../lib/core/ports/stores';
import type { PoolListing } from '../../lib/core/projections/listing';
import { createTable, startTestCloud, type TestCloud } from '../support/ministack';
import { headOf, recordedEvents } from '../support/recorded';

let cloud: TestCloud;
let journal: OutboxJournal;
let client: DynamoDBDocumentClient;
let tableName: string;
let streams = 0;

beforeAll(async () => {
  cloud = await startTestCloud();
  ({ client, tableName } = await createTable(cloud));
  journal = createDynamoJournalStore(client, tableName, SYSTEM);
});
afterAll(() => cloud?.stop());

const newStream = () => `job/j${++streams}`;
const small = (count: number) => Array.from({ length: count }, (_, i) => ({ nodeId: `n${i}` }));

async function readAll(stream: string, from?: number): Promise<Recorded[]> {
  const events: Recorded[] = [];
  for await (const event of journal.read(stream, from)) events.push(event);
  return events;
}

describe('the journal in DynamoDB', () => {
  it('keeps every JSON value as it was, so that hashes verify', async () => {
    const stream = newStream();
    const deep = JSON.parse(`${'['.repeat(60)}1${']'.repeat(60)}`);
    const outputs = { big: 1e300, tiny: 5e-324, empty: '', nothing: null, list: [], text: 'ä\u0000😀', deep };
    const events = recordedEvents(stream, [{ outputs }], { type: 'attempt.succeeded' });
    await journal.append(stream, EMPTY_HEAD, events);
    expect(await readAll(stream)).toEqual(events);
    expect(await verifyChain(journal.written(stream), stream)).toEqual({ valid: true, events: 1 });
  });

  it('reads from the middle of a page', async () => {
    const stream = newStream();
    const first = recordedEvents(stream, small(5));
    await journal.append(stream, EMPTY_HEAD, first);
    const second = recordedEvents(stream, small(3), { head: headOf(first) });
    await journal.append(stream, headOf(first), second);
    expect((await readAll(stream, 4)).map(({ seq }) => seq)).toEqual([4, 5, 6, 7, 8]);
    expect(await readAll(stream, 9)).toEqual([]);
    expect(await journal.head(stream)).toEqual(headOf(second));
  });

  it('splits an append of megabytes over pages and transactions and reads it whole', async () => {
    const stream = newStream();
    const noise = () => Array.from({ length: 1_500 }, () => Math.random().toString(36).slice(2, 12)).join('');
    const events = recordedEvents(
      stream,
      Array.from({ length: 600 }, () => ({ message: noise() })),
    );
    await journal.append(stream, EMPTY_HEAD, events);
    expect(await verifyChain(journal.written(stream), stream, headOf(events))).toEqual({
      valid: true,
      events: 600,
    });
    const { Count } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :events)',
        ExpressionAttributeValues: { ':pk': stream, ':events': 'EVT#' },
        Select: 'COUNT',
      }),
    );
    expect(Count).toBeGreaterThan(2);
  });

  it('lets one of many writers win each version, and loses nothing', async () => {
    const stream = newStream();
    const wins = await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let won = 0; won < 5; ) {
          const head = await journal.head(stream);
          try {
            await journal.append(stream, head, recordedEvents(stream, small(2), { head }));
            won += 1;
          } catch (error) {
            expect(error).toMatchObject({ code: 'VERSION_CONFLICT' });
          }
        }
        return 5;
      }),
    );
    const events = wins.reduce((sum, won) => sum + won * 2, 0);
    expect(await verifyChain(journal.written(stream), stream)).toEqual({ valid: true, events });
  });
});

describe('an append whose answer is lost', () => {
  /** A client that hears of nothing at its first write: the SDK tries again, and the table has it. */
  function deaf(): DynamoDBDocumentClient {
    return {
      send: async (command: PutCommand) => {
        if (command instanceof PutCommand) await client.send(command);
        return client.send(command);
      },
    } as DynamoDBDocumentClient;
  }

  it('is known for what it is when it is tried again', async () => {
    const stream = newStream();
    const events = recordedEvents(stream, small(3));
    await createDynamoJournalStore(deaf(), tableName, SYSTEM).append(stream, EMPTY_HEAD, events);
    expect(await readAll(stream)).toEqual(events);
  });

  it('is not taken for that of another who wrote the same', async () => {
    const stream = newStream();
    const events = recordedEvents(stream, small(3));
    await journal.append(stream, EMPTY_HEAD, events);
    const other = createDynamoJournalStore(client, tableName, SYSTEM);
    await expect(other.append(stream, EMPTY_HEAD, events)).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
  });
});

describe('a page', () => {
  it('costs one write, and no item is changed by every append', async () => {
    const stream = newStream();
    const sent: string[] = [];
    const counting = {
      send: async (command: PutCommand) => {
        sent.push(command.constructor.name);
        return client.send(command);
      },
    } as DynamoDBDocumentClient;
    const store = createDynamoJournalStore(counting, tableName, SYSTEM);
    const first = recordedEvents(stream, small(2));
    await store.append(stream, EMPTY_HEAD, first);
    await store.append(stream, headOf(first), recordedEvents(stream, small(2), { head: headOf(first) }));
    // The first says besides in which trace the stream begins.
    expect(sent).toEqual(['TransactWriteCommand', 'PutCommand']);
  });

  it('is not put behind an end that nobody has seen: the table is asked first', async () => {
    const stream = newStream();
    const first = recordedEvents(stream, small(2));
    const unseen = headOf(recordedEvents(stream, small(2), { head: headOf(first) }));
    await journal.append(stream, EMPTY_HEAD, first);
    const late = recordedEvents(stream, small(1), { head: unseen });
    await expect(journal.append(stream, unseen, late)).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(await readAll(stream)).toEqual(first);
  });
});

describe('the queues of pools', () => {
  const listing = (waiting: number, status: 'open' | 'paused' = 'open'): PoolListing => ({
    ...{ kind: 'pool', status, waiting, running: 1 },
  });

  it('are open and empty until they are not, and follow the pool', async () => {
    const queues = createPoolQueues(client, tableName);
    expect(await queues.get('p1')).toEqual({ status: 'open', waiting: 0, running: 0 });
    const first = recordedEvents('pool/p1', [{}], { type: 'queue.joined' });
    await journal.append('pool/p1', EMPTY_HEAD, first, listing(1));
    expect(await queues.get('p1')).toEqual({ status: 'open', waiting: 1, running: 1 });
    // Leases say nothing about the queue of jobs: they come without a listing, and it stays as it was.
    const leased = recordedEvents('pool/p1', [{}], { head: headOf(first), type: 'lease.granted' });
    await journal.append('pool/p1', headOf(first), leased);
    expect((await queues.get('p1')).waiting).toBe(1);
    const paused = recordedEvents('pool/p1', [{}], { head: headOf(leased), type: 'queue.changed' });
    await journal.append('pool/p1', headOf(leased), paused, listing(2, 'paused'));
    expect(await queues.get('p1')).toEqual({ status: 'paused', waiting: 2, running: 1 });
    expect(await readAll('pool/p1')).toEqual([...first, ...leased, ...paused]);
  });

  it('stay as they were when another writer was faster', async () => {
    const queues = createPoolQueues(client, tableName);
    const events = recordedEvents('pool/p2', [{}], { type: 'queue.joined' });
    await journal.append('pool/p2', EMPTY_HEAD, events, listing(1));
    const late = journal.append('pool/p2', EMPTY_HEAD, events, listing(9));
    await expect(late).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect((await queues.get('p2')).waiting).toBe(1);
  });

  it('let one of many say that they are full, and again after a while', async () => {
    const queues = createPoolQueues(client, tableName);
    const asked = await Promise.all([1, 2, 3].map(() => queues.mayAnnounce('p3', 100_000, 60_000)));
    expect(asked.filter(Boolean)).toHaveLength(1);
    expect(await queues.mayAnnounce('p3', 159_999, 60_000)).toBe(false);
    expect(await queues.mayAnnounce('p3', 160_000, 60_000)).toBe(true);
  });
});
