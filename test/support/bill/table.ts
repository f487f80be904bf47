import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { holds, updated } from './expression';
import type { Meter } from './meter';

type Item = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: inputs of commands, each as its name says.
type Input = any;

const WRITE_BYTES = 1_024;
const READ_BYTES = 4_096;

/**
 * The table in memory, as much of DynamoDB as the adapters use, with its units:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export class MeteredTable {
  readonly #items = new Map<string, Item>();
  /** What its stream has not been read for. */
  readonly records: DynamoDBRecord[] = [];

  constructor(readonly meter: Meter) {}

  readonly client = {
    send: async (command: { constructor: { name: string }; input: Input }) =>
      structuredCloneOf(this.#run(command.constructor.name, command.input)),
  } as unknown as DynamoDBDocumentClient;

  #run(name: string, input: Input): Item {
    switch (name) {
      case 'GetCommand': {
        const item = this.#items.get(keyOf(input.Key));
        this.#read(item ? sizeOf(item) : 0, input.ConsistentRead);
        return item ? { Item: item } : {};
      }
      case 'BatchGetCommand':
        return { Responses: mapped(input.RequestItems, (table) => this.#each(table)) };
      case 'QueryCommand':
        return this.#query(input);
      case 'PutCommand':
      case 'UpdateCommand':
      case 'DeleteCommand':
        return this.#write([{ [name.replace('Command', '')]: input }], 1, input);
      case 'TransactWriteCommand':
        return this.#write(input.TransactItems, 2, {});
      default:
        throw new Error(`the table does not know ${name}`);
    }
  }

  /** Each item is read by itself, those that are not there too. */
  #each({ Keys, ConsistentRead }: Input): Item[] {
    const items = (Keys as Item[]).map((key) => this.#items.get(keyOf(key)));
    for (const item of items) this.#read(item ? sizeOf(item) : 0, ConsistentRead);
    return items.filter((item) => item !== undefined);
  }

  #query(input: Input): Item {
    const index = input.IndexName === undefined ? { pk: 'pk', sk: 'sk' } : { pk: 'gsi1pk', sk: 'gsi1sk' };
    const found = [...this.#items.values()]
      .filter((item) => holds(input.KeyConditionExpression, item, input))
      .filter((item) => item[index.pk] !== undefined)
      .sort((a, b) => (String(a[index.sk]) < String(b[index.sk]) ? -1 : 1));
    if (input.ScanIndexForward === false) found.reverse();
    const page = found.slice(0, input.Limit ?? found.length);
    this.#read(
      page.reduce((sum, item) => sum + sizeOf(item), 0),
      input.ConsistentRead,
    );
    return { Items: page, Count: page.length };
  }

  #write(
    actions: Input[],
    factor: number,
    { ReturnValues, ReturnValuesOnConditionCheckFailure }: Input,
  ): Item {
    const writes = actions.map((action) => {
      const [kind, input] = Object.entries(action)[0] as [string, Input];
      const key = keyOf(input.Key ?? input.Item);
      const before = this.#items.get(key);
      const isHeld = holds(input.ConditionExpression, before, input);
      const after =
        kind === 'Delete'
          ? undefined
          : kind === 'Put'
            ? input.Item
            : updated(input.UpdateExpression, before ?? input.Key, input);
      return { key, before, after: isHeld ? after : before, isHeld };
    });
    const isRefused = writes.some(({ isHeld }) => !isHeld);
    for (const { before, after } of writes) {
      this.meter.add('writeUnits', factor * unitsOf(Math.max(sizeOf(before), sizeOf(after)), WRITE_BYTES));
      if (!isRefused) this.meter.add('writeUnits', indexUnits(before, after));
    }
    if (isRefused) throw refusal(writes, factor, ReturnValuesOnConditionCheckFailure);
    for (const { key, before, after } of writes) {
      if (after === undefined) this.#items.delete(key);
      else this.#items.set(key, after);
      if (!before && after) this.#inserted(after);
    }
    if (ReturnValues === 'ALL_OLD') return { Attributes: writes[0]?.before };
    return ReturnValues === 'ALL_NEW' ? { Attributes: writes[0]?.after } : {};
  }

  #inserted(item: Item): void {
    const [pk, sk] = [String(item['pk']), String(item['sk'])];
    // As the stream's filter in lib/constructs/engine-consumers.ts.
    if (!sk.startsWith('EVT#')) return;
    // Keys and no more, as the stream of lib/constructs/jobs-table.ts.
    this.records.push({
      eventName: 'INSERT',
      dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } } },
    });
  }

  #read(bytes: number, isConsistent = false): void {
    this.meter.add('readUnits', unitsOf(bytes, READ_BYTES) * (isConsistent ? 1 : 0.5));
  }
}

const mapped = <T>(of: Readonly<Record<string, Input>>, each: (value: Input) => T) =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, each(value)]));

const keyOf = ({ pk, sk }: Item) => `${pk}\n${sk}`;
const unitsOf = (bytes: number, unit: number) => Math.max(1, Math.ceil(bytes / unit));

/** An entry of the index is written when it appears or changes, and twice where its key does. */
function indexUnits(before: Item | undefined, after: Item | undefined): number {
  const [old, now] = [before?.['gsi1pk'], after?.['gsi1pk']];
  if (old === undefined && now === undefined) return 0;
  const units = unitsOf(Math.max(sizeOf(before), sizeOf(after)), WRITE_BYTES);
  return old !== undefined && (old !== now || before?.['gsi1sk'] !== after?.['gsi1sk']) ? 2 * units : units;
}

/** Names and values in UTF-8; a number takes a byte for two digits, and one. */
function sizeOf(item: Item | undefined): number {
  return Object.entries(item ?? {}).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

function valueSize(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Set) return [...value].reduce((sum: number, each) => sum + valueSize(each), 3);
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}

function refusal(
  writes: { isHeld: boolean; before: Item | undefined }[],
  factor: number,
  isAsked: unknown,
): Error {
  if (factor === 2) {
    const CancellationReasons = writes.map(({ isHeld }) => ({
      Code: isHeld ? 'None' : 'ConditionalCheckFailed',
    }));
    return Object.assign(new Error('refused'), { name: 'TransactionCanceledException', CancellationReasons });
  }
  const Item = isAsked === 'ALL_OLD' ? writes[0]?.before : undefined;
  return Object.assign(new Error('refused'), { name: 'ConditionalCheckFailedException', Item });
}

/** What a client answers is its own: nobody changes the table by changing it. */
function structuredCloneOf(answer: Item): Item {
  return structuredClone(answer);
}
