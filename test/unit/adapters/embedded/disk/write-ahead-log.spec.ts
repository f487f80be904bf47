import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { verifyJob } from '../../../../../lib/adapters/embedded/disk/journal-check';
import {
  createFileJournalStore,
  type FileJournalStore,
} from '../../../../../lib/adapters/embedded/disk/journal-store';
import { type Layout, layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { ownersOf } from '../../../../../lib/adapters/embedded/disk/lock';
import { SEGMENT_FILES, type SegmentFiles } from '../../../../../lib/adapters/embedded/disk/wal-files';
import { recoverDirectory, recoverToRead } from '../../../../../lib/adapters/embedded/disk/wal-recovery';
import { BEAT_MS } from '../../../../../lib/adapters/embedded/disk/wal-segments';
import type { Recorded } from '../../../../../lib/core/journal/envelope';
import type { Timing } from '../../../../../lib/core/model/time';
import { all, eventsAfter, headAfter } from '../../../../contract/journal-store.contract';
import { temporaryDir } from '../../../../support/e2e-files';
import { afterPowerLoss, foundIn, orphan, segmentsOf } from '../../../../support/write-ahead-log';

const [A, B] = ['job/a', 'job/b'] as const;

async function append(store: FileJournalStore, stream: string, before: readonly Recorded[], count = 2) {
  const events = eventsAfter(headAfter(before), count, stream);
  await store.append(stream, headAfter(before), events);
  return [...before, ...events];
}

const filesOf = (layout: Layout): string[] => (existsSync(layout.wal) ? readdirSync(layout.wal) : []);

describe('the log of a process that ends in order', () => {
  it('leaves nothing, and its streams as if there had been none', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    const events = await append(store, A, []);
    await append(store, B, []);
    expect(segmentsOf(layout)).toHaveLength(1);
    await store.close();
    expect(filesOf(layout)).toEqual([]);
    expect(readdirSync(layout.job('a')).sort()).toEqual(['head.json', 'journal.jsonl']);
    expect(await verifyJob(layout, 'a')).toEqual({ valid: true, events: 2 });
    expect(JSON.parse(readFileSync(layout.head('a'), 'utf8'))).toEqual(headAfter(events));
  });

  it('is cut into segments, which go once their streams have everything themselves', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: { segmentBytes: 4_000 } });
    let [a, b]: Recorded[][] = [[], []];
    let most = 0;
    for (let i = 0; i < 40; i++) {
      a = await append(store, A, a ?? []);
      if (i % 3 === 0) b = await append(store, B, b ?? []);
      most = Math.max(most, segmentsOf(layout).length);
    }
    expect(most).toBeLessThanOrEqual(3);
    await store.close();
    expect(filesOf(layout)).toEqual([]);
    expect(await foundIn(layout, [A, B])).toEqual(
      new Map([
        [A, a],
        [B, b],
      ]),
    );
  });
});

describe('readers beside a process that writes a log', () => {
  it('see what was acknowledged at once, and that it holds the stream', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    const events = await append(store, A, []);
    const other = createFileJournalStore(layout);
    expect(await all(other, A)).toEqual(events);
    expect(await verifyJob(layout, 'a')).toEqual({ valid: true, events: 2 });
    await expect(other.own('a')).rejects.toMatchObject({ code: 'JOB_LOCKED' });
    await recoverDirectory(layout);
    expect(segmentsOf(layout)).toHaveLength(1);
    await store.close();
  });
});

describe('the log of a process that cannot be looked at from here', () => {
  const orphaned = async (secondsAgo: number) => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    const events = await append(store, A, []);
    const copy = orphan(
      afterPowerLoss(layout, () => undefined),
      secondsAgo,
    );
    await store.close();
    return { copy, events };
  };

  it('is left as it is by those who read, while that may live', async () => {
    const { copy } = await orphaned(0);
    await recoverToRead(copy);
    expect([segmentsOf(copy).length, existsSync(copy.job('a'))]).toEqual([1, false]);
  });

  it('counts once it has been silent, whatever the clocks of both say', async () => {
    for (const secondsAgo of [60, -3_600]) {
      const { copy, events } = await orphaned(secondsAgo);
      await recoverToRead(copy);
      expect([segmentsOf(copy).length, await foundIn(copy, [A])]).toEqual([0, new Map([[A, events]])]);
    }
  });

  /** @param meanwhile while somebody waits. */
  function timing(meanwhile: () => void): Timing {
    let now = 0;
    return {
      clock: () => now,
      random: () => 0.5,
      async sleep(ms) {
        now += ms;
        meanwhile();
      },
    };
  }

  it('is waited for by those who write, until it is silent', async () => {
    const { copy, events } = await orphaned(0);
    await recoverDirectory(
      copy,
      timing(() => orphan(copy)),
    );
    expect([segmentsOf(copy).length, await foundIn(copy, [A])]).toEqual([0, new Map([[A, events]])]);
  });

  it('keeps those who write out, while that shows that it lives', async () => {
    const { copy } = await orphaned(0);
    const [name = ''] = segmentsOf(copy);
    await expect(
      recoverDirectory(
        copy,
        timing(() => orphan(copy, 0)),
      ),
    ).rejects.toMatchObject({ code: 'JOB_LOCKED', context: { path: join(copy.wal, name) } });
    expect([segmentsOf(copy).length, existsSync(copy.job('a'))]).toEqual([1, false]);
  });
});

describe('a process that writes a log', () => {
  beforeEach(() => {
    const real = ['setTimeout', 'clearTimeout', 'setImmediate', 'nextTick', 'queueMicrotask'] as const;
    jest.useFakeTimers({ doNotFake: [...real] });
  });
  afterEach(() => jest.useRealTimers());

  it('shows that it lives, with nothing to write too, until it ends', async () => {
    let touches = 0;
    const files: SegmentFiles = { ...SEGMENT_FILES, touch: () => void touches++ };
    const store = createFileJournalStore(layoutOf(temporaryDir()), { log: { files } });
    await append(store, A, []);
    jest.advanceTimersByTime(3 * BEAT_MS);
    expect(touches).toBe(3);
    await store.close();
    jest.advanceTimersByTime(3 * BEAT_MS);
    expect(touches).toBe(3);
  });
});

describe('a directory from before there were logs', () => {
  it('goes on under one, and is made good like any other', async () => {
    const layout = layoutOf(temporaryDir());
    cpSync('test/fixtures/stores/directory-0', layout.root, { recursive: true });
    const store = createFileJournalStore(layout, { log: true });
    const old = 'job/old';
    const before = await all(store, old);
    const events = [...before, ...eventsAfter(headAfter(before), 2, old)];
    const whole = readFileSync(layout.journal('old'));
    await store.append(old, headAfter(before), events.slice(before.length));
    const copy = afterPowerLoss(layout, (path, content) => (path === 'old/journal.jsonl' ? whole : content));
    expect(await foundIn(copy, [old])).toEqual(new Map([[old, events]]));
    await store.close();
    expect(await verifyJob(layout, 'old')).toEqual({ valid: true, events: events.length });
  });
});

describe('what a log is made good from', () => {
  it('a file beside a journal too', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    await store.keep(A, 'run.json', 'first');
    const events = await append(store, A, []);
    await store.keep(A, 'run.json', 'second');
    const copy = afterPowerLoss(layout, () => undefined);
    expect(await foundIn(copy, [A])).toEqual(new Map([[A, events]]));
    expect(readFileSync(copy.run('a'), 'utf8')).toBe('second');
    await store.close();
    expect(readFileSync(layout.run('a'), 'utf8')).toBe('second');
  });

  it('is not what was given up: removed streams stay removed, and others may have gone on with them', async () => {
    const layout = layoutOf(temporaryDir());
    for (const job of ['a', 'b']) mkdirSync(layout.job(job), { recursive: true });
    const store = createFileJournalStore(layout, { log: true });
    await append(store, A, []);
    let events = await append(store, B, []);
    await store.release(A);
    await store.release(B);
    rmSync(layout.job('a'), { recursive: true });
    const other = createFileJournalStore(layout);
    events = await append(other, B, events);
    await other.close();
    orphan(layout);
    await recoverDirectory(layout);
    expect(existsSync(layout.job('a'))).toBe(false);
    expect(await foundIn(layout, [B])).toEqual(new Map([[B, events]]));
    await store.close().catch(() => undefined);
  });

  it('may be made good again, where that was cut short', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    const events = await append(store, A, await append(store, A, []));
    const copy = afterPowerLoss(layout, (_, content) => content.subarray(0, 100));
    const [name = ''] = segmentsOf(copy);
    const segment = readFileSync(join(copy.wal, name));
    for (let i = 0; i < 3; i++) {
      await recoverDirectory(copy);
      writeFileSync(join(copy.wal, name), segment);
      orphan(copy);
    }
    expect(await foundIn(copy, [A])).toEqual(new Map([[A, events]]));
    await store.close();
  });

  it('is whole lines of what was never acknowledged, and no torn or strange ones', async () => {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    const events = await append(store, A, []);
    await store.show(A);
    const more = eventsAfter(headAfter(events), 1, A);
    const strange = eventsAfter({ seq: 3, hash: 'f'.repeat(64) }, 1, A);
    for (const [rest, kept] of [
      [more, [...events, ...more]],
      [strange, events],
    ] as const) {
      const text = rest.map((event) => `${JSON.stringify(event)}\n`).join('');
      const copy = afterPowerLoss(layout, (path, content) =>
        path.endsWith('.jsonl') ? Buffer.concat([content, Buffer.from(`${text}{"se`)]) : content,
      );
      expect(await foundIn(copy, [A])).toEqual(new Map([[A, kept]]));
    }
    await store.close();
  });
});

describe('a damaged log', () => {
  async function damaged(change: (segment: Buffer) => void) {
    const layout = layoutOf(temporaryDir());
    const store = createFileJournalStore(layout, { log: true });
    const events = await append(store, A, []);
    await append(store, A, events);
    const copy = afterPowerLoss(layout, () => undefined);
    await store.close();
    const path = join(copy.wal, segmentsOf(copy)[0] ?? '');
    const segment = readFileSync(path);
    change(segment);
    writeFileSync(path, segment);
    orphan(copy);
    return { copy, path, events, segment };
  }
  const sizeOf = (segment: Buffer, at: number) => 12 + segment.readUInt32BE(at + 4);

  it.each([
    ['its magic', 0],
    ['its length', 5],
    ['its checksum', 9],
    ['its content', 300],
  ])('in its middle, by %s, is said with the place, and nothing is changed', async (_, byte) => {
    const { copy, path, segment } = await damaged((bytes) => {
      bytes[byte] = (bytes[byte] ?? 0) ^ 0x41;
    });
    await expect(recoverDirectory(copy)).rejects.toMatchObject({
      code: 'JOURNAL_CORRUPT',
      context: { path, at: 0 },
      message: expect.stringContaining('damaged at byte 0'),
    });
    await expect(createFileJournalStore(copy).own('a')).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' });
    expect(readFileSync(path).equals(segment)).toBe(true);
  });

  it('in its last frame is one that a crash cut short', async () => {
    const { copy, events } = await damaged((segment) => {
      const last = sizeOf(segment, 0);
      segment[last + 200] = (segment[last + 200] ?? 0) ^ 1;
    });
    expect(await foundIn(copy, [A])).toEqual(new Map([[A, events]]));
  });

  it('that goes on where a journal does not reach says so', async () => {
    const layout = layoutOf(temporaryDir());
    const first = createFileJournalStore(layout);
    const events = await append(first, A, []);
    await first.close();
    const at = statSync(layout.journal('a')).size;
    const store = createFileJournalStore(layout, { log: true });
    await append(store, A, events);
    const copy = afterPowerLoss(layout, (_, content) => content.subarray(0, 10));
    await expect(recoverDirectory(copy)).rejects.toMatchObject({
      code: 'JOURNAL_CORRUPT',
      context: { stream: A, at },
    });
    await store.close();
  });
});

describe('a disk that fails under the log', () => {
  const failing = (code: string) => Object.assign(new Error(`${code}: as the test has it`), { code });

  it.each([
    ['ENOSPC', 'write'],
    ['EIO', 'write'],
    ['EIO', 'sync'],
    ['ENOSPC', 'sync'],
  ] as const)(
    'with %s on %s: nothing is acknowledged any more, and nothing acknowledged is lost',
    async (code, step) => {
      const layout = layoutOf(temporaryDir());
      let isFull = false;
      const files: SegmentFiles = {
        ...SEGMENT_FILES,
        write(fd, bytes, at) {
          if (!isFull || step !== 'write') return SEGMENT_FILES.write(fd, bytes, at);
          // Half of it, as a disk that fills up.
          SEGMENT_FILES.write(fd, bytes.subarray(0, bytes.length / 2), at);
          throw failing(code);
        },
        async sync(fd) {
          if (isFull && step === 'sync') throw failing(code);
          await SEGMENT_FILES.sync(fd);
        },
      };
      const store = createFileJournalStore(layout, { log: { files } });
      const [a, b] = [await append(store, A, []), await append(store, B, [])];
      isFull = true;
      const tried = await Promise.allSettled([
        append(store, A, a),
        append(store, B, b),
        append(store, 'job/c', []),
      ]);
      for (const each of tried) expect(each).toMatchObject({ status: 'rejected', reason: { code } });
      const other = createFileJournalStore(layout);
      expect([await all(other, A), await all(other, B), await all(other, 'job/c')]).toEqual([a, b, []]);
      isFull = false;
      await expect(append(store, A, a)).rejects.toMatchObject({ code });
      await expect(store.close()).rejects.toMatchObject({ code });
      // It could not say that the log has nothing more of them, so nobody else gets them before it has ended.
      await expect(other.own('a')).rejects.toMatchObject({ code: 'JOB_LOCKED' });
      const copy = afterPowerLoss(layout, () => undefined);
      const found = await foundIn(copy, [A, B]);
      expect([found.get(A)?.slice(0, 2), found.get(B)?.slice(0, 2)]).toEqual([a, b]);
    },
  );
});

describe('a process that is killed', () => {
  it('loses nothing that it acknowledged, at any moment', async () => {
    const tsx = join(process.cwd(), 'node_modules/.bin/tsx');
    for (const afterLines of [1, 40, 150]) {
      const layout = layoutOf(temporaryDir());
      const child = spawn(tsx, [join(__dirname, 'doomed-writer.ts'), layout.root], {
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      });
      const told = new Map<string, number>();
      let lines = 0;
      let rest = '';
      child.stdout.on('data', (chunk: Buffer) => {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop() ?? '';
        for (const line of parts) {
          const [stream = '', seq] = line.split(' ');
          told.set(stream, Number(seq));
          lines += 1;
        }
        if (lines >= afterLines) process.kill(-(child.pid as number), 'SIGKILL');
      });
      await new Promise((ended) => child.on('close', ended));
      expect(told.size).toBeGreaterThan(0);
      // The pipe is closed a moment before the process is gone.
      while (ownersOf(layout.late).length > 0) await new Promise((wake) => setTimeout(wake, 5));
      const found = await foundIn(layout, [...told.keys()]);
      for (const [stream, seq] of told) expect(found.get(stream)?.length).toBeGreaterThanOrEqual(seq);
      expect(segmentsOf(layout)).toEqual([]);
    }
  }, 60_000);
});
