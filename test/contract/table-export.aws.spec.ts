import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { exportedLines, restoreLines, verifyStreams } from '../../lib/adapters/aws/deployment/table-export';
import { createDynamoJournalStore } from '../../lib/adapters/aws/table/journal-store';
import { SYSTEM } from '../../lib/adapters/system';
import { EMPTY_HEAD } from '../../lib/core/journal/envelope';
import { createTable, startTestCloud, type TestCloud } from '../support/ministack';
import { all, eventsAfter, headAfter } from './journal-store.contract';

let cloud: TestCloud;
let base: DynamoDBClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  base = new DynamoDBClient(cloud.config);
});
afterAll(() => cloud?.stop());

async function* from(lines: readonly string[]) {
  yield* lines;
}

async function linesOf(tableName: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportedLines(base, tableName)) lines.push(line);
  return lines.sort();
}

async function verdictsOf({ client, tableName }: Awaited<ReturnType<typeof createTable>>) {
  const journal = createDynamoJournalStore(client, tableName, SYSTEM);
  const found: Record<string, unknown> = {};
  for await (const { stream, verdict } of verifyStreams(base, tableName, journal)) found[stream] = verdict;
  return found;
}

/** A table with journals of several pages, and items with bytes, numbers and lists. */
async function filled() {
  const table = await createTable(cloud);
  const journal = createDynamoJournalStore(table.client, table.tableName, SYSTEM);
  const first = eventsAfter(EMPTY_HEAD, 3, 'job/1');
  await journal.append('job/1', EMPTY_HEAD, first);
  await journal.append('job/1', headAfter(first), eventsAfter(headAfter(first), 40, 'job/1'));
  await journal.append('pool/default', EMPTY_HEAD, eventsAfter(EMPTY_HEAD, 2, 'pool/default'));
  const Item = { pk: 'X', sk: 'X', bytes: new Uint8Array([0, 255, 7]), n: 1.5, deep: { list: [null, true] } };
  await table.client.send(new PutCommand({ TableName: table.tableName, Item }));
  return { ...table, events: await all(journal, 'job/1') };
}

describe('a table that was lost', () => {
  it('is restored from its export: every item, and every chain up to its end', async () => {
    const lost = await filled();
    const lines = await linesOf(lost.tableName);
    const restored = await createTable(cloud);
    const to = { client: base, tableName: restored.tableName, timing: SYSTEM };
    expect(await restoreLines(to, from(lines))).toBe(lines.length);
    expect(await linesOf(restored.tableName)).toEqual(lines);
    expect(lines.some((line) => line.includes('"bytes":{"B":"AP8H"}'))).toBe(true);
    expect(await verdictsOf(restored)).toEqual({
      'job/1': { valid: true, events: 43 },
      'pool/default': { valid: true, events: 2 },
    });
    const journal = createDynamoJournalStore(restored.client, restored.tableName, SYSTEM);
    expect(await all(journal, 'job/1')).toEqual(lost.events);
    // It goes on where it ended.
    const head = await journal.head('job/1');
    await journal.append('job/1', head, eventsAfter(head, 1, 'job/1'));
    expect((await verdictsOf(restored))['job/1']).toEqual({ valid: true, events: 44 });
  });

  it('is not mixed with one that is in use; a restore that was interrupted goes on', async () => {
    const lost = await filled();
    const lines = await linesOf(lost.tableName);
    const other = await createTable(cloud);
    const to = { client: base, tableName: other.tableName, timing: SYSTEM };
    await restoreLines(to, from(lines.slice(0, 2)));
    await expect(restoreLines(to, from(lines))).rejects.toThrow(/holds items: restore into an empty one/);
    expect(await restoreLines(to, from(lines), { goesOn: true })).toBe(lines.length);
    expect(await linesOf(other.tableName)).toEqual(lines);
  });

  it('is restored elsewhere without what names machines and executions of the place that is lost', async () => {
    const lost = await filled();
    const choice = { stateMachineArn: 'arn:aws:states:eu-west-1:1:stateMachine:m' };
    for (const Item of [
      { pk: 'graph/abc', sk: 'MACHINES', status: 'ready' },
      { pk: 'graph/abc', sk: 'OWNER#ana' },
      { pk: 'job/1', sk: 'WORKFLOW', ...choice },
      { pk: 'job/1', sk: 'WORKFLOW#2', ...choice },
    ])
      await lost.client.send(new PutCommand({ TableName: lost.tableName, Item }));
    const lines = await linesOf(lost.tableName);
    const restored = await createTable(cloud);
    const to = { client: base, tableName: restored.tableName, timing: SYSTEM };
    expect(await restoreLines(to, from(lines), { isElsewhere: true })).toBe(lines.length - 3);
    const isLeft = (line: string) => !/"MACHINES"|"WORKFLOW(#2)?"/.test(line);
    expect(await linesOf(restored.tableName)).toEqual(lines.filter(isLeft));
  });

  it('that lacks a page of a journal is found out, and so is a file that is no export', async () => {
    const lost = await filled();
    const lines = (await linesOf(lost.tableName)).filter((line) => !/"EVT#0*1"/.test(line));
    const other = await createTable(cloud);
    const to = { client: base, tableName: other.tableName, timing: SYSTEM };
    await restoreLines(to, from(lines));
    expect((await verdictsOf(other))['job/1']).toEqual({
      ...{ valid: false, at: 1, reason: 'job/1 has no event 1, and has later ones' },
    });
    const empty = { ...to, tableName: (await createTable(cloud)).tableName };
    await expect(restoreLines(empty, from(['{"pk": 1}']))).rejects.toThrow(
      'line 1 is no item of an export of DynamoDB',
    );
  });
});
