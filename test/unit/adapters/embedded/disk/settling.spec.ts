import { appendFileSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createFileJournalStore } from '../../../../../lib/adapters/embedded/disk/journal-store';
import { type Layout, layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { recoverDirectory } from '../../../../../lib/adapters/embedded/disk/wal-recovery';
import type { Recorded } from '../../../../../lib/core/journal/envelope';
import { formatLine } from '../../../../../lib/core/journal/line';
import { eventsAfter, headAfter } from '../../../../contract/journal-store.contract';
import { temporaryDir } from '../../../../support/e2e-files';
import { afterPowerLoss, foundIn, orphan, segmentsOf } from '../../../../support/write-ahead-log';

type Done = (error: Error | null) => void;

/** A disk of which is known what it was made to keep, and which can fail or tarry. */
const mockDisk = {
  kept: new Map<string, Buffer>(),
  syncs: [] as string[],
  fails: undefined as RegExp | undefined,
  tarries: undefined as { readonly path: RegExp; readonly until: Promise<void> } | undefined,
  tarry(path: string, go: () => void): void {
    const { tarries } = mockDisk;
    if (tarries?.path.test(path)) {
      mockDisk.tarries = undefined;
      void tarries.until.then(go);
    } else go();
  },
  sync(fd: number, really: (fd: number, done: Done) => void, done: Done): void {
    const path = readlinkSync(`/proc/self/fd/${fd}`);
    mockDisk.syncs.push(path);
    if (mockDisk.fails?.test(path)) {
      mockDisk.fails = undefined;
      done(Object.assign(new Error('EIO: as the test has it'), { code: 'EIO' }));
      return;
    }
    const keep: Done = (error) => {
      if (/\.jsonl?$/.test(path)) mockDisk.kept.set(path, readFileSync(path));
      done(error);
    };
    mockDisk.tarry(path, () => really(fd, keep));
  },
};

jest.mock('node:fs', () => {
  const real = jest.requireActual<typeof import('node:fs')>('node:fs');
  return {
    ...real,
    open: (path: string, flags: string, mode: number, done: (error: Error | null, fd: number) => void) =>
      mockDisk.tarry(path, () => real.open(path, flags, mode, done)),
    fsync: (fd: number, done: Done) => mockDisk.sync(fd, real.fsync, done),
    fdatasync: (fd: number, done: Done) => mockDisk.sync(fd, real.fdatasync, done),
  };
});

const [A, B] = ['job/a', 'job/b'] as const;

type Store = ReturnType<typeof createFileJournalStore>;

async function append(store: Store, stream: string, before: readonly Recorded[], count = 2) {
  const events = eventsAfter(headAfter(before), count, stream);
  await store.append(stream, headAfter(before), events);
  return [...before, ...events];
}

/** What a loss of power leaves: of each file what was synced last. */
const cutPower = (layout: Layout): Layout =>
  afterPowerLoss(layout, (path) => mockDisk.kept.get(join(layout.jobs, path)));

/** The next use of such a file waits until it is told to go on. */
function tarryAt(path: RegExp): () => void {
  let goOn: () => void = () => {};
  const until = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  mockDisk.tarries = { path, until };
  return goOn;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

beforeEach(() => {
  mockDisk.kept.clear();
  mockDisk.syncs = [];
  mockDisk.fails = undefined;
  mockDisk.tarries = undefined;
});

describe('a stream that another process wrote before', () => {
  it('is whole on the disk before the log goes on from its end', async () => {
    const layout = layoutOf(temporaryDir());
    const killed = createFileJournalStore(layout);
    const acknowledged = await append(killed, A, []);
    await killed.close();
    // What it had written and not synced when it was killed.
    const rest = eventsAfter(headAfter(acknowledged), 2, A);
    appendFileSync(layout.journal('a'), rest.map(formatLine).join(''));
    const store = createFileJournalStore(layout, { log: true });
    await store.own('a');
    const events = await append(store, A, [...acknowledged, ...rest]);
    expect(await foundIn(cutPower(layout), [A])).toEqual(new Map([[A, events]]));
    await store.close();
  });

  it('without an event may have died before the name of its journal was on the disk', async () => {
    const layout = layoutOf(temporaryDir());
    mkdirSync(layout.job('a'), { recursive: true });
    writeFileSync(layout.journal('a'), '');
    const store = createFileJournalStore(layout);
    await store.own('a');
    expect(mockDisk.syncs).toContain(layout.job('a'));
    await store.close();
  });

  it('is not synced again where its head says that it is there', async () => {
    const layout = layoutOf(temporaryDir());
    const first = createFileJournalStore(layout);
    await append(first, A, []);
    await first.close();
    const store = createFileJournalStore(layout, { log: true });
    mockDisk.syncs = [];
    await store.own('a');
    expect(mockDisk.syncs.filter((path) => path.startsWith(layout.job('a')))).toEqual([]);
    await store.close();
  });
});

describe('a stream that is given up', () => {
  it('stays in the log, and held, where its own files could not be synced; the log says so and takes no more', async () => {
    const layout = layoutOf(temporaryDir());
    const failures: unknown[] = [];
    mkdirSync(layout.job('a'), { recursive: true });
    const store = createFileJournalStore(layout, {
      log: { segmentBytes: 1_000, onFailure: (error) => failures.push(error) },
    });
    const events = await append(store, A, [], 1);
    mockDisk.fails = /a\/journal\.jsonl$/;
    await expect(store.release(A)).rejects.toMatchObject({ code: 'EIO' });
    expect(failures).toEqual([expect.objectContaining({ code: 'EIO' })]);
    await expect(append(store, B, [], 10)).rejects.toMatchObject({ code: 'EIO' });
    await expect(createFileJournalStore(layout).own('a')).rejects.toMatchObject({ code: 'JOB_LOCKED' });
    expect((await foundIn(cutPower(layout), [A])).get(A)).toEqual(events);
    await store.close().catch(() => undefined);
  });

  it('waits for a file that is being synced as its segment is full', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: { segmentBytes: 1_000 } });
    await store.keep(A, 'run.json', 'kept');
    const goOn = tarryAt(/a\/run\.json$/);
    const events = await append(store, A, [], 5);
    while (!mockDisk.syncs.some((path) => path.endsWith('run.json'))) await setImmediate();
    const released = store.release(A);
    await Promise.race([released, turns(50_000)]);
    // Whether it was given up or waits: either its file is there or the log has it.
    const copy = cutPower(layout);
    goOn();
    await released;
    expect(await foundIn(copy, [A])).toEqual(new Map([[A, events]]));
    expect(readFileSync(copy.run('a'), 'utf8')).toBe('kept');
    await store.close();
  });

  it('has nothing in the log that comes after that word', async () => {
    const layout = layoutOf(temporaryDir());
    mkdirSync(layout.job('a'), { recursive: true });
    const store = createFileJournalStore(layout, { log: true });
    await store.own('a');
    await append(store, B, []);
    const goOn = tarryAt(/run\.json\.[\d-]+\.tmp$/);
    const kept = store.keep(A, 'run.json', 'first');
    const released = store.release(A);
    await Promise.race([released, turns(50_000)]);
    goOn();
    await Promise.all([kept, released]);
    writeFileSync(layout.run('a'), 'what the next owner wrote');
    await recoverDirectory(orphan(layout));
    expect(readFileSync(layout.run('a'), 'utf8')).toBe('what the next owner wrote');
    await store.close().catch(() => undefined);
  });
});

describe('a process that ends with many streams', () => {
  it('gives them up together: one sync of the log, and of the place they are in, is for many of them', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    const streams = Array.from({ length: 100 }, (_, i) => `job/j${i}`);
    await Promise.all(streams.map((stream) => append(store, stream, [])));
    mockDisk.syncs = [];
    await store.close();
    const times = (matches: (path: string) => boolean) => mockDisk.syncs.filter(matches).length;
    expect(times((path) => path.endsWith('.wal'))).toBeLessThan(streams.length / 2);
    expect(times((path) => path === layout.jobs)).toBeLessThan(streams.length / 2);
    expect(times((path) => path.endsWith('journal.jsonl'))).toBe(streams.length);
    expect(segmentsOf(layout)).toEqual([]);
  });
});
