import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { isRepriseError, RepriseError } from '../../../core/errors';
import { type Verdict, verifyChain } from '../../../core/journal/verify';
import type { Timing } from '../../../core/model/time';
import type { JournalStore } from '../../../core/ports/stores';
import { retrying } from '../../../core/retry/retrying';
import { upstream } from '../aws-errors';
import { FIRST_EVENTS_KEY, isWorkflowKey, LAST_EVENTS_KEY, MACHINES } from '../table/keys';

/** As many as one call writes. */
const BATCH = 25;

const PATIENCE = {
  attempts: 8,
  backoff: { strategy: 'exponential', initialDelayMs: 50, maxDelayMs: 5_000, jitter: 'full' },
} as const;

type Item = Record<string, AttributeValue>;

/**
 * Every item of a table, a line each, as DynamoDB itself exports to S3: `{"Item": {"pk": {"S": "job/1"}, ...}}`.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 */
export async function* exportedLines(client: DynamoDBClient, tableName: string): AsyncGenerator<string> {
  for await (const Item of itemsOf(client, { TableName: tableName, ConsistentRead: true }))
    yield JSON.stringify({ Item }, asBase64);
}

export interface RestoreOptions {
  /** The table holds a part: a restore was interrupted. */
  readonly goesOn?: boolean;
  /** Into another environment: what names machines and executions of the one that is lost is left out, and comes to be anew. */
  readonly isElsewhere?: boolean;
}

/**
 * Puts exported items into a table, which has to be empty unless a restore goes on that was interrupted.
 * @returns how many were put
 * @throws RepriseError INPUT_INVALID where the table holds items, or a line is none of an export; UPSTREAM_UNAVAILABLE
 */
export async function restoreLines(
  { client, tableName, timing }: { client: DynamoDBClient; tableName: string; timing: Timing },
  lines: AsyncIterable<string>,
  { goesOn = false, isElsewhere = false }: RestoreOptions = {},
): Promise<number> {
  if (!goesOn && (await isFilled(client, tableName))) {
    const message = `the table ${tableName} holds items: restore into an empty one, or, where a restore was interrupted, say --continue`;
    throw new RepriseError('INPUT_INVALID', message);
  }
  let [number, count, batch]: [number, number, Item[]] = [0, 0, []];
  const put = async () => {
    let left = batch.map((Item) => ({ PutRequest: { Item } }));
    batch = [];
    await retrying(
      async () => {
        const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: left } });
        const { UnprocessedItems } = await upstream('DynamoDB write', () => client.send(command));
        left = (UnprocessedItems?.[tableName] ?? []) as typeof left;
        if (left.length > 0) throw new RepriseError('UPSTREAM_UNAVAILABLE', `${left.length} items are left`);
      },
      { ...PATIENCE, ...timing },
    );
  };
  for await (const line of lines) {
    if (line.trim() === '') continue;
    number += 1;
    const item = itemIn(line, number);
    if (isElsewhere && namesMachines(item)) continue;
    count += 1;
    batch.push(item);
    if (batch.length === BATCH) await put();
  }
  if (batch.length > 0) await put();
  return count;
}

/** Walks the hash chain of every stream that a table has, up to the end that it names. */
export async function* verifyStreams(
  client: DynamoDBClient,
  tableName: string,
  journal: Pick<JournalStore, 'head' | 'read'>,
): AsyncGenerator<{ readonly stream: string; readonly verdict: Verdict }> {
  const pages = {
    TableName: tableName,
    FilterExpression: 'sk BETWEEN :first AND :last',
    ExpressionAttributeValues: { ':first': { S: FIRST_EVENTS_KEY }, ':last': { S: LAST_EVENTS_KEY } },
    ProjectionExpression: 'pk',
  };
  const seen = new Set<string>();
  for await (const { pk } of itemsOf(client, pages)) {
    const stream = pk?.S ?? '';
    if (seen.has(stream)) continue;
    seen.add(stream);
    yield { stream, verdict: await verdictOf(journal, stream) };
  }
}

/** A stream that lacks a page is not read past it. */
async function verdictOf(journal: Pick<JournalStore, 'head' | 'read'>, stream: string): Promise<Verdict> {
  try {
    return await verifyChain(journal.read(stream), stream, await journal.head(stream));
  } catch (error) {
    if (!isRepriseError(error, 'JOURNAL_CORRUPT')) throw error;
    return { valid: false, at: Number(error.context?.['seq'] ?? 0), reason: error.message };
  }
}

async function* itemsOf(
  client: DynamoDBClient,
  request: ConstructorParameters<typeof ScanCommand>[0],
): AsyncGenerator<Item> {
  for (let ExclusiveStartKey: Item | undefined; ; ) {
    const command: ScanCommand = new ScanCommand({ ...request, ExclusiveStartKey });
    const { Items = [], LastEvaluatedKey } = await upstream('DynamoDB scan', () => client.send(command));
    yield* Items;
    if (!LastEvaluatedKey) return;
    ExclusiveStartKey = LastEvaluatedKey;
  }
}

async function isFilled(client: DynamoDBClient, TableName: string): Promise<boolean> {
  const command = new ScanCommand({ TableName, Limit: 1, ConsistentRead: true });
  const { Items = [] } = await upstream('DynamoDB scan', () => client.send(command));
  return Items.length > 0;
}

/** Which machines a graph has, and which of them runs a job. */
const namesMachines = ({ sk }: Item): boolean => sk?.S === MACHINES || isWorkflowKey(sk?.S ?? '');

function itemIn(line: string, number: number): Item {
  try {
    const { Item } = JSON.parse(line, asBytes) as { Item?: Item };
    if (Item?.['pk']?.S !== undefined) return Item;
  } catch {
    // Said below.
  }
  throw new RepriseError('INPUT_INVALID', `line ${number} is no item of an export of DynamoDB`);
}

/** Bytes are text in JSON. */
function asBase64(key: string, value: unknown): unknown {
  if (key !== 'B' || typeof value !== 'object' || value === null) return value;
  return Buffer.from(Object.values(value) as number[]).toString('base64');
}

function asBytes(key: string, value: unknown): unknown {
  return key === 'B' && typeof value === 'string' ? Buffer.from(value, 'base64') : value;
}
