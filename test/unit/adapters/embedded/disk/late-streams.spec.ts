import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { verifyJob } from '../../../../../lib/adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../../../../../lib/adapters/embedded/disk/journal-store';
import { claimOwnLate, showLate } from '../../../../../lib/adapters/embedded/disk/late-requests';
import { type Layout, layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { ownersOf } from '../../../../../lib/adapters/embedded/disk/lock';
import { recoverDirectory, recoverToRead } from '../../../../../lib/adapters/embedded/disk/wal-recovery';
import type { Recorded } from '../../../../../lib/core/journal/envelope';
import { all, eventsAfter, headAfter } from '../../../../contract/journal-store.contract';
import { temporaryDir } from '../../../../support/e2e-files';
import { foundIn, orphan, segmentsOf } from '../../../../support/write-ahead-log';

const [A, B] = ['job/a', 'job/b'] as const;

type Store = ReturnType<typeof createFileJournalStore>;

async function append(store: Store, stream: string, before: readonly Recorded[]) {
  const events = eventsAfter(headAfter(before), 2, stream);
  await store.append(stream, headAfter(before), events);
  return [...before, ...events];
}

const jobsIn = ({ jobs }: Layout): string[] => (existsSync(jobs) ? readdirSync(jobs).sort() : []);

describe('a new job in a log', () => {
  it('has no files, and is read as if it had; its own store goes on with it once they are made', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    await store.keep(A, 'run.json', 'kept');
    let events = await append(store, A, []);
    expect(jobsIn(layout)).toEqual([]);
    expect([await all(store, A), store.kept(A, 'run.json')]).toEqual([events, 'kept']);
    await store.show(A);
    expect(statSync(layout.journal('a')).mode & 0o777).toBe(0o600);
    expect(store.kept(A, 'run.json')).toBeUndefined();
    events = await append(store, A, events);
    expect(await all(createFileJournalStore(layout), A)).toEqual(events);
    await store.close();
    expect(await verifyJob(layout, 'a')).toEqual({ valid: true, events: 4 });
  });

  it('gets them when it is read from its directory, in the same process too', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    const events = await append(store, A, []);
    expect(await all(createFileJournalStore(layout), A)).toEqual(events);
    await append(store, B, []);
    await store.release(B);
    expect((await verifyJob(layout, 'b')).valid).toBe(true);
    expect(ownersOf(layout.job('b'))).toEqual([]);
    await store.close();
  });

  it('is marked by what its journal has, with files or without; only whoever has no such jobs has the files made', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    await store.keep(A, 'run.json', 'kept');
    const events = await append(store, A, []);
    await append(store, B, []);
    await store.show(B);
    const marksOf = async ({ marks }: Store) =>
      (await marks('job')).map(({ stream, mark }) => [stream, mark]).sort();
    const before = await marksOf(store);
    expect(before.map(([stream]) => stream)).toEqual([A, B]);
    expect(jobsIn(layout)).toEqual(['b']);
    expect(await marksOf(createFileJournalStore(layout))).toEqual(before);
    expect(jobsIn(layout)).toEqual(['a', 'b']);
    expect(await marksOf(store)).toEqual(before);
    await append(store, A, events);
    expect((await marksOf(store)).map(([stream, mark], i) => [stream, mark === before[i]?.[1]])).toEqual([
      [A, false],
      [B, true],
    ]);
    await store.close();
  });

  it('that was given up is read from the log, and goes on from there', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    const events = await append(store, A, []);
    await store.release(A);
    expect(jobsIn(layout)).toEqual([]);
    expect([await all(store, A), await store.head(A)]).toEqual([events, headAfter(events)]);
    const more = await append(store, A, events);
    expect(await all(store, A)).toEqual(more);
    await store.close();
    expect(await foundIn(layout, [A])).toEqual(new Map([[A, more]]));
  });

  it('is nobody else’s while it is held; once it is given up it may be taken, changed and removed, and stays so after a crash', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    await append(store, A, []);
    let events = await append(store, B, []);
    const other = createFileJournalStore(layout);
    await expect(other.own('a')).rejects.toMatchObject({ code: 'JOB_LOCKED' });
    expect(readdirSync(layout.job('a')).some((name) => name.endsWith('.lock'))).toBe(true);
    await store.release(A);
    await store.release(B);
    await claimOwnLate(layout, A);
    rmSync(layout.job('a'), { recursive: true });
    events = await append(other, B, events);
    await other.close();
    await recoverDirectory(orphan(layout));
    expect(existsSync(layout.job('a'))).toBe(false);
    expect(await foundIn(layout, [B])).toEqual(new Map([[B, events]]));
    await store.close().catch(() => undefined);
  });

  it('has files from the start where something is there already, or another log of the directory may have late ones', async () => {
    const layout = layoutOf(temporaryDir());
    mkdirSync(layout.job('a'), { recursive: true });
    const [first, second] = [1, 2].map(() => createFileJournalStore(layout, { log: true })) as [Store, Store];
    await append(first, A, []);
    expect(existsSync(layout.journal('a'))).toBe(true);
    await append(second, B, []);
    expect(existsSync(layout.journal('b'))).toBe(true);
    await expect(second.own('a')).rejects.toMatchObject({ code: 'JOB_LOCKED' });
    await first.close();
    await second.close();
  });

  it('waits for the files of others where there are too many that have none', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: { mostLate: 3 } });
    for (let i = 0; i < 20; i++) {
      await append(store, `job/j${i}`, []);
      await store.release(`job/j${i}`);
      expect(jobsIn(layout).length).toBeGreaterThanOrEqual(i - 3);
    }
    await store.close();
    expect(jobsIn(layout)).toHaveLength(20);
  });

  it('gets its files when its segment is full, and the segment goes', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: { segmentBytes: 4_000 } });
    const expected = new Map<string, readonly Recorded[]>();
    for (let i = 0; i < 40; i++) {
      expected.set(`job/j${i}`, await append(store, `job/j${i}`, []));
      if (i % 2 === 0) await store.release(`job/j${i}`);
    }
    while (segmentsOf(layout).length > 3) await new Promise((wake) => setTimeout(wake, 5));
    expect(jobsIn(layout).length).toBeGreaterThan(20);
    await store.close();
    expect(await foundIn(layout, [...expected.keys()])).toEqual(expected);
  });
});

describe('another process', () => {
  let children: ChildProcess[] = [];

  async function writer(layout: Layout): Promise<ChildProcess> {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', join(__dirname, 'late-writer.ts'), layout.root],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    children.push(child);
    await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
    return child;
  }

  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    children = [];
  });

  it('has the files made by asking, takes what is given up, and not what is held', async () => {
    const layout = layoutOf(temporaryDir());
    const child = await writer(layout);
    await recoverToRead(layout);
    expect(jobsIn(layout)).toEqual(['held', 'over']);
    expect([await verifyJob(layout, 'held'), await verifyJob(layout, 'over')]).toEqual([
      { valid: true, events: 1 },
      { valid: true, events: 1 },
    ]);
    expect(ownersOf(layout.job('held')).map(({ pid }) => pid)).toEqual([child.pid]);
    const store = createFileJournalStore(layout);
    await expect(store.own('held')).rejects.toMatchObject({ code: 'JOB_LOCKED' });
    const over = await append(store, 'job/over', await all(store, 'job/over'));
    await store.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await foundIn(layout, ['job/over'])).get('job/over')).toEqual(over);
    expect(segmentsOf(layout)).toEqual([]);
  }, 60_000);

  it('finds everything that was acknowledged after it was killed', async () => {
    const layout = layoutOf(temporaryDir());
    const child = await writer(layout);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await recoverToRead(layout);
    expect(jobsIn(layout)).toEqual(['held', 'over']);
    const found = await foundIn(layout, ['job/held', 'job/over']);
    expect([...found.values()].map((events) => events.length)).toEqual([1, 1]);
  }, 60_000);

  it('that is stopped is said to be: what it may have is not left out', async () => {
    const layout = layoutOf(temporaryDir());
    const child = await writer(layout);
    child.kill('SIGSTOP');
    await expect(showLate(layout, 100)).rejects.toMatchObject({ code: 'JOB_LOCKED' });
    child.kill('SIGCONT');
    await showLate(layout);
    expect(jobsIn(layout)).toEqual(['held', 'over']);
    child.stdin?.write('end\n');
    await once(child, 'exit');
    expect(existsSync(layout.late)).toBe(false);
  }, 60_000);
});
