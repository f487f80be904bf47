import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { createS3Archives } from '../../lib/adapters/aws/bucket/archives';
import { createJsonObjects } from '../../lib/adapters/aws/bucket/json-objects';
import { createSendAt } from '../../lib/adapters/aws/events/one-time-schedules';
import { createClockRegister } from '../../lib/adapters/aws/events/orphans';
import { createTriggerSources } from '../../lib/adapters/aws/events/trigger-sources';
import { createAwsStorekeeper, type StorekeeperDeps } from '../../lib/adapters/aws/storekeeper';
import { createClosedStreams } from '../../lib/adapters/aws/table/closed-streams';
import { createDynamoJournalStore } from '../../lib/adapters/aws/table/journal-store';
import { createOpenStreams } from '../../lib/adapters/aws/table/open-streams';
import { verifyExport } from '../../lib/adapters/embedded/disk/export-check';
import { SYSTEM } from '../../lib/adapters/system';
import { eventsPage } from '../../lib/api/events-page';
import { auditEntries } from '../../lib/core/audit/list';
import { AUDIT_SHARDS } from '../../lib/core/audit/streams';
import { LETTERS_WAIT } from '../../lib/core/cleanup/retention';
import { EMPTY_HEAD, type Recorded } from '../../lib/core/journal/envelope';
import type { JobStatus } from '../../lib/core/model/outcome';
import type { Leftover } from '../../lib/core/ports/cleanup';
import type { JobListing } from '../../lib/core/projections/listing';
import { temporaryDir } from '../support/e2e-files';
import { createBus } from '../support/eventbridge';
import { createBucket, createTable, startTestCloud, type TestCloud } from '../support/ministack';
import { headOf, recordedAt, recordedEvents } from '../support/recorded';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 30);
const ARCHIVE = 'archive/job/2023-11-14/old.jsonl.gz';

async function world() {
  const { client, tableName } = await createTable(cloud);
  const { client: s3, bucket } = await createBucket(cloud);
  const { scheduler, events, busName, scheduleGroup, queueArn } = await createBus(cloud);
  const journal = createDynamoJournalStore(client, tableName, SYSTEM);
  const open = createOpenStreams(client, tableName);
  const objects = createJsonObjects(s3, bucket);
  const settings = { busName, scheduleGroup, queueArn, dlqArn: queueArn };
  const role = { schedulerRoleArn: 'arn:aws:iam::000000000000:role/scheduler' };
  const sources = createTriggerSources({ scheduler, events }, { ...settings, ...role });
  const { privateKey } = generateKeyPairSync('ed25519');
  const deps: StorekeeperDeps = {
    ...{ journal, objects, sources, progress: open.progress },
    streams: createClosedStreams(client, tableName, SYSTEM),
    archives: createS3Archives(s3, bucket),
    clocks: createClockRegister({ scheduler, events }, settings),
    gone: async (ids) => ids.filter((id) => id.startsWith('dead')),
    hasLetters: async () => false,
    key: async () => privateKey,
    clock: () => NOW,
    retention: { jobDays: 30, auditDays: 60, keepJobs: 0 },
  };

  /** A job whose events need more than one page, and that was closed so many days ago. */
  async function job(id: string, status: JobStatus, days: number, more: readonly object[] = []) {
    const stream = `job/${id}`;
    const first = recordedEvents(stream, [{}, { big: 'x'.repeat(250_000) }, {}]);
    const rest = recordedEvents(stream, more, { head: headOf(first) });
    await journal.append(stream, EMPTY_HEAD, first, listing('running'));
    if (rest.length > 0) await journal.append(stream, headOf(first), rest);
    const before = headOf([...first, ...rest]);
    const last = recordedEvents(stream, [{}], { head: before });
    await journal.append(stream, before, last, listing(status));
    const { seq } = headOf(last);
    await journal.confirm(stream, 1, seq);
    await open.close({ stream, seq, at: NOW, confirmed: seq, isOver: true }, NOW - days * DAY_MS);
    return [...first, ...rest, ...last];
  }

  async function itemsOf(pk: string): Promise<Record<string, unknown>[]> {
    const found = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
      }),
    );
    return found.Items ?? [];
  }

  const expire = ({ pk, sk }: Record<string, unknown>) =>
    client.send(new DeleteCommand({ TableName: tableName, Key: { pk, sk } }));

  async function download(Key: string): Promise<string> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const path = join(temporaryDir(), 'archive.jsonl.gz');
    writeFileSync(path, (await Body?.transformToByteArray()) ?? '');
    return path;
  }

  const keys = async () =>
    ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key }) => Key);
  return {
    ...{ client, tableName, deps, journal, open, objects, job, itemsOf, download, expire, keys, sources },
    scheduler,
    scheduleGroup,
    settings: { ...settings, ...role },
  };
}

const listing = (status: JobStatus): JobListing => ({
  ...{ kind: 'job', owner: 'ana', name: 'shop', priority: 'normal', submittedAt: 1, status },
});
const old: Leftover = { kind: 'job', id: 'old', idleSince: NOW - 40 * DAY_MS };
const unheard = async () => undefined;

async function eventsOf(journal: StorekeeperDeps['journal'], stream: string, from = 1): Promise<Recorded[]> {
  const events: Recorded[] = [];
  for await (const event of journal.written(stream, from)) events.push(event);
  return events;
}

describe('a storekeeper of AWS', () => {
  it('archives the days of the audit trail that are past their retention, each stream of them', async () => {
    const { deps, journal, download, keys, itemsOf } = await world();
    // Day by day back to the first; then nothing for a month.
    const days = ['2026-04-29-0', '2026-04-28-7', '2026-04-10-2', '2026-05-02-1'];
    for (const id of days) {
      const event = { event: { type: 'command.recorded', data: {} }, at: Date.parse(id.slice(0, 10)) };
      const events = recordedAt(`audit/${id}`, [event, event]);
      await journal.append(`audit/${id}`, EMPTY_HEAD, events);
    }
    const keeper = createAwsStorekeeper(deps);
    const { leftovers, isComplete } = await keeper.survey();
    expect([leftovers.map(({ kind, id }) => `${kind} ${id}`), isComplete]).toEqual([
      ['auditDay 2026-04-29-0', 'auditDay 2026-04-28-7', 'auditDay 2026-04-10-2'],
      true,
    ]);
    expect(leftovers[0]?.idleSince).toBe(Date.UTC(2026, 3, 30));
    for (const leftover of leftovers) expect(await keeper.remove(leftover, unheard)).toBeUndefined();
    const archive = 'archive/audit/2026-04-10/2026-04-10-2.jsonl.gz';
    expect(await keys()).toContain(archive);
    expect(await verifyExport(await download(archive))).toMatchObject({ valid: true, events: 2 });
    expect((await itemsOf('audit/2026-04-10-2')).filter(({ sealed }) => sealed !== true)).toEqual([]);
    expect((await keeper.survey()).leftovers).toEqual([]);
    // A list over the days finds nothing there, and no fault.
    const listed = auditEntries({ journal, shards: AUDIT_SHARDS }, { from: Date.UTC(2026, 3, 28), to: NOW });
    const found = [];
    for await (const { stream } of listed) found.push(stream);
    expect(found).toEqual(['audit/2026-05-02-1', 'audit/2026-05-02-1']);
  });

  it('removes an old job once it is archived: its archive verifies offline, and nobody can append to it', async () => {
    const { deps, journal, job, objects, itemsOf, download, keys } = await world();
    const events = await job('old', 'failed', 40);
    await job('new', 'succeeded', 29);
    await objects.put('snapshots/job/old.json.gz', { head: EMPTY_HEAD });
    const keeper = createAwsStorekeeper(deps);
    const { leftovers, isComplete } = await keeper.survey();
    expect([leftovers, isComplete]).toEqual([[{ ...old, idleSince: NOW - 40 * DAY_MS }], true]);
    const heard = jest.fn(unheard);
    expect(await keeper.remove(old, heard)).toBeUndefined();
    const archived = { archive: ARCHIVE, head: headOf(events) };
    expect(heard).toHaveBeenCalledWith(expect.objectContaining(archived));
    expect(await verifyExport(await download(ARCHIVE))).toMatchObject({ valid: true, events: events.length });
    expect(await keys()).toEqual([ARCHIVE]);
    // The seal is all that is left, until it expires.
    const [seal, ...others] = await itemsOf('job/old');
    expect(others).toEqual([]);
    expect(seal).toMatchObject({ sk: 'EVT#0000000005', ttl: (NOW + 15 * DAY_MS) / 1_000 });
    // Not for whoever remembers it, either.
    const gone = { code: 'JOB_NOT_FOUND', message: expect.stringContaining('archived and removed') };
    for (const from of [1, 5]) await expect(eventsOf(journal, 'job/old', from)).rejects.toMatchObject(gone);
    expect(await journal.head('job/old')).toEqual(EMPTY_HEAD);
    const late = recordedEvents('job/old', [{}], { head: headOf(events) });
    await expect(journal.append('job/old', headOf(events), late)).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    expect((await keeper.survey()).leftovers).toEqual([]);
    expect(await keeper.remove(old, unheard)).toBeUndefined();
    expect(await eventsOf(journal, 'job/new')).toHaveLength(4);
  });

  it('goes on where a removal was interrupted: after the archive, and after the seal', async () => {
    const { deps, job, itemsOf, download, objects } = await world();
    const events = await job('old', 'failed', 40);
    const keeper = createAwsStorekeeper(deps);
    const dies = async () => Promise.reject(new Error('killed'));
    await expect(keeper.remove(old, dies)).rejects.toThrow('killed');
    expect(await eventsOf(deps.journal, 'job/old')).toEqual(events);
    // The table refuses to delete for a while.
    const erase = async () => Promise.reject(new Error('throttled'));
    const stuck = createAwsStorekeeper({ ...deps, streams: { ...deps.streams, erase } });
    await expect(stuck.remove(old, unheard)).rejects.toThrow('throttled');
    await objects.put('snapshots/job/old.json.gz', { head: EMPTY_HEAD });
    const half = (await keeper.survey()).leftovers;
    expect(half).toEqual([{ kind: 'halfRemoved', id: 'job/old', idleSince: NOW }]);
    await keeper.remove(half[0] as Leftover, unheard);
    expect(await itemsOf('job/old')).toHaveLength(1);
    expect((await keeper.survey()).leftovers).toEqual([]);
    expect(await objects.get('snapshots/job/old.json.gz')).toBeUndefined();
    expect(await verifyExport(await download(ARCHIVE))).toMatchObject({ valid: true, events: events.length });
  });

  it('hands a reader who pages through it no piece of what is half removed', async () => {
    const { client, tableName, deps, journal, job, itemsOf, expire } = await world();
    const events = await job('old', 'failed', 40);
    const page = (from: number) => eventsPage(journal, 'job/old', { from, limit: 1 });
    const gone = { code: 'JOB_NOT_FOUND', message: expect.stringContaining('archived and removed') };
    expect(await page(1)).toEqual({ events: events.slice(0, 1), next_from: 2 });
    await deps.streams.seal('job/old', 4);
    const pages = (await itemsOf('job/old')).filter(({ sealed, from }) => from !== undefined && !sealed);
    expect(pages.length).toBeGreaterThan(2);
    // One that began before goes on where pages are; then they go in no order.
    expect(await page(2)).toEqual({ events: events.slice(1, 2), next_from: 3 });
    await expire(pages[0] as Record<string, unknown>);
    await expect(page(1)).rejects.toMatchObject(gone);
    await expire(pages[1] as Record<string, unknown>);
    await expect(page(2)).rejects.toMatchObject(gone);
    const fresh = createDynamoJournalStore(client, tableName, SYSTEM);
    await expect(eventsPage(fresh, 'job/old', { from: 2, limit: 1 })).rejects.toMatchObject(gone);
    // A gap that nobody has made so is no end.
    for (const seal of (await itemsOf('job/old')).filter(({ sealed }) => sealed)) await expire(seal);
    await expect(page(1)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' });
  });

  it('leaves a job that goes on, that owes effects, or that went on while it was archived', async () => {
    const { deps, journal, open, job } = await world();
    const events = await job('old', 'failed', 40);
    const keeper = createAwsStorekeeper(deps);
    const next = recordedEvents('job/old', [{}], { head: headOf(events) });
    const whileArchived = async () => journal.append('job/old', headOf(events), next, listing('running'));
    expect(await keeper.remove(old, whileArchived)).toContain('gone on');
    expect(await eventsOf(journal, 'job/old')).toHaveLength(5);
    const [{ inUse: running } = old] = (await keeper.survey()).leftovers;
    expect(running).toBe('it is not over');
    const last = recordedEvents('job/old', [{}], { head: headOf(next) });
    await journal.append('job/old', headOf(next), last, listing('failed'));
    // Over again, and not closed yet: that it was closed long ago says nothing.
    const [{ inUse: reopened } = old] = (await keeper.survey()).leftovers;
    expect(reopened).toContain('gone on since it was closed');
    expect(await deps.streams.seal('job/old', 6)).toBe(false);
    await open.close({ stream: 'job/old', seq: 6, at: NOW, confirmed: 6, isOver: true }, NOW - 40 * DAY_MS);
    const [{ inUse: owing } = old] = (await keeper.survey()).leftovers;
    expect(owing).toBe('not all of its effects are performed');
    expect(await keeper.remove(old, unheard)).toBe(owing);
    expect(await eventsOf(journal, 'job/old')).toHaveLength(6);
  });

  it('leaves a job with a letter that is not resolved', async () => {
    const { deps, job } = await world();
    const events = await job('old', 'failed', 40);
    const hasLetters = jest.fn(async () => true);
    const keeper = createAwsStorekeeper({ ...deps, hasLetters });
    expect((await keeper.survey()).leftovers).toMatchObject([{ id: 'old', inUse: LETTERS_WAIT }]);
    expect(await keeper.remove(old, unheard)).toBe(LETTERS_WAIT);
    expect(hasLetters).toHaveBeenCalledWith('old');
    expect(await eventsOf(deps.journal, 'job/old')).toEqual(events);
  });

  it('keeps an archive of its own for another job of the same id', async () => {
    const { deps, job, itemsOf, keys, download, expire } = await world();
    const keeper = createAwsStorekeeper(deps);
    for (const more of [[], [{ again: true }]]) {
      await job('old', 'failed', 40, more);
      await keeper.remove(old, unheard);
      // The table lets the seal expire; until then nobody can begin the stream anew.
      const [seal] = await itemsOf('job/old');
      await expire(seal as Record<string, unknown>);
    }
    const archives = (await keys()) as string[];
    expect(archives).toHaveLength(2);
    for (const key of archives)
      expect(await verifyExport(await download(key))).toMatchObject({ valid: true });
  });

  it('finds the clocks of triggers that are gone, and timers that did not delete themselves', async () => {
    const { deps, sources, scheduler, scheduleGroup: GroupName, settings } = await world();
    const [dead, alive] = [`dead${'0'.repeat(36)}`, `a11e${'0'.repeat(36)}`];
    const nightly = { kind: 'schedule', cron: '0 0 1 * 1', timezone: 'UTC', missed: 'skip' } as const;
    for (const id of [dead, alive]) await sources.arm(id, nightly);
    const event = `dead${'1'.repeat(36)}`;
    await sources.arm(event, { kind: 'event', pattern: { source: ['x'] } });
    // Due in a while, and looked at long after.
    const due = Date.now() + 3_600_000;
    await createSendAt(scheduler, settings)({ say: 'later' }, due);
    const keeperAt = (now: number) => createAwsStorekeeper({ ...deps, clock: () => now });
    const early = (await keeperAt(due).survey()).leftovers;
    expect(early.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual(
      [`clock ${dead}`, `clock ${event}`].sort(),
    );
    const late = keeperAt(due + 2 * DAY_MS);
    const { leftovers } = await late.survey();
    expect(leftovers.map(({ kind }) => kind).sort()).toEqual(['clock', 'clock', 'timer']);
    for (const each of leftovers) expect(await late.remove(each, unheard)).toBeUndefined();
    expect((await late.survey()).leftovers).toEqual([]);
    const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({ GroupName }));
    expect(Schedules.map(({ Name = '' }) => Name.slice(0, 40))).toEqual([alive, alive]);
  });
});
