import { cpSync, existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { createFileJournalStore } from '../../../../../lib/adapters/embedded/disk/journal-store';
import { type Layout, layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { ownLock } from '../../../../../lib/adapters/embedded/disk/lock';
import { recoverDirectory } from '../../../../../lib/adapters/embedded/disk/wal-recovery';
import type { Recorded } from '../../../../../lib/core/journal/envelope';
import { eventsAfter, headAfter } from '../../../../contract/journal-store.contract';
import { temporaryDir } from '../../../../support/e2e-files';
import { afterPowerLoss, foundIn, orphan } from '../../../../support/write-ahead-log';

/** A disk that is looked at before each change of a file of a job, and that can fail at one of them. */
const mockDisk = {
  root: '',
  before: undefined as ((step: string) => void) | undefined,
  kept: new Map<string, Buffer>(),
  at(step: string, path: unknown): void {
    const name = typeof path === 'number' ? mockDisk.nameOf(path) : String(path);
    if (mockDisk.root !== '' && name.startsWith(mockDisk.root)) mockDisk.before?.(`${step} ${name}`);
  },
  nameOf: (fd: number): string => readlinkSync(`/proc/self/fd/${fd}`),
};

jest.mock('node:fs', () => {
  const real = jest.requireActual<typeof import('node:fs')>('node:fs');
  type Done = (error: unknown, ...rest: unknown[]) => void;
  const atOnce =
    (name: 'linkSync' | 'openSync' | 'writeSync' | 'writeFileSync' | 'renameSync' | 'rmSync', place = 0) =>
    (...args: unknown[]) => {
      mockDisk.at(name, args[place]);
      return (real[name] as (...all: unknown[]) => unknown)(...args);
    };
  const later =
    (name: 'mkdir' | 'open' | 'fsync' | 'fdatasync') =>
    (...args: unknown[]) => {
      const done = args.at(-1) as Done;
      try {
        mockDisk.at(name, args[0]);
      } catch (error) {
        done(error);
        return;
      }
      const path = typeof args[0] === 'number' ? mockDisk.nameOf(args[0]) : '';
      const over: Done = (...said) => {
        if (/sync/.test(name) && /\.json(?:l|\.[\d-]+\.tmp)?$/.test(path))
          mockDisk.kept.set(path, real.readFileSync(path));
        done(...said);
      };
      (real[name] as (...all: unknown[]) => void)(...args.slice(0, -1), over);
    };
  return {
    ...real,
    linkSync: atOnce('linkSync', 1),
    openSync: atOnce('openSync'),
    writeSync: atOnce('writeSync'),
    writeFileSync: atOnce('writeFileSync'),
    renameSync: atOnce('renameSync', 1),
    rmSync: atOnce('rmSync'),
    mkdir: later('mkdir'),
    open: later('open'),
    fsync: later('fsync'),
    fdatasync: later('fdatasync'),
  };
});

const STREAMS = ['job/a', 'job/b', 'job/c'] as const;

type Store = ReturnType<typeof createFileJournalStore>;

async function append(store: Store, stream: string, before: readonly Recorded[]) {
  const events = eventsAfter(headAfter(before), 2, stream);
  await store.append(stream, headAfter(before), events);
  return [...before, ...events];
}

/** Three new jobs in a log, two of them given up, one with a file beside its journal; nothing has files. */
async function lateJobs() {
  const layout = layoutOf(temporaryDir());
  const failures: unknown[] = [];
  const store = createFileJournalStore(layout, { log: { onFailure: (error) => failures.push(error) } });
  const expected = new Map<string, readonly Recorded[]>();
  await store.keep('job/a', 'run.json', 'kept');
  for (const stream of STREAMS) expected.set(stream, await append(store, stream, []));
  await store.release('job/a');
  await store.release('job/b');
  expect(existsSync(layout.jobs) ? readdirSync(layout.jobs) : []).toEqual([]);
  return { layout, store, expected, failures };
}

/** Whatever makes files of what the log has. */
const WAYS: readonly (readonly [string, (store: Store, layout: Layout) => Promise<unknown>])[] = [
  [
    'readers that ask',
    async (_, layout) =>
      (await import('../../../../../lib/adapters/embedded/disk/late-requests')).showLate(layout),
  ],
  ['another that wants one', (_, layout) => takenBy(layout, 'a')],
  ['the end of the process', (store) => store.close()],
];

async function takenBy(layout: Layout, job: string): Promise<void> {
  const other = createFileJournalStore(layout);
  await other.own(job);
  await other.close();
}

function killed(layout: Layout): Layout {
  const copy = layoutOf(temporaryDir());
  cpSync(layout.root, copy.root, { recursive: true });
  rmSync(copy.late, { recursive: true, force: true });
  for (const job of existsSync(copy.jobs) ? readdirSync(copy.jobs) : [])
    rmSync(ownLock(copy.job(job)), { force: true });
  return orphan(copy);
}

afterEach(() => {
  mockDisk.before = undefined;
  mockDisk.root = '';
  mockDisk.kept.clear();
});

describe.each(WAYS)('files made by %s', (way, makeFiles) => {
  const makesItself = way !== 'another that wants one';

  it('are made good after a crash or a loss of power before each of their steps', async () => {
    const { layout, store, expected } = await lateJobs();
    const copies: Layout[] = [];
    const steps: string[] = [];
    mockDisk.root = layout.jobs;
    mockDisk.before = (step) => {
      const look = mockDisk.before;
      mockDisk.before = undefined;
      steps.push(step);
      const kept = new Map(mockDisk.kept);
      copies.push(killed(layout));
      copies.push(afterPowerLoss(layout, (path) => kept.get(`${layout.jobs}/${path}`)));
      mockDisk.before = look;
    };
    await makeFiles(store, layout);
    mockDisk.before = undefined;
    expect(steps.some((step) => /^(?:mkdir|openSync|writeSync|linkSync|renameSync) /.test(step))).toBe(true);
    for (const copy of copies) {
      await recoverDirectory(copy);
      expect(await foundIn(copy, STREAMS)).toEqual(expected);
      expect(readFileSync(copy.run('a'), 'utf8')).toBe('kept');
    }
    await store.close();
  }, 60_000);

  it('that cannot be made end the log, and nothing is lost', async () => {
    let ended = 0;
    for (let at = 0, isOver = false; !isOver; at++) {
      const { layout, store, expected, failures } = await lateJobs();
      let steps = 0;
      mockDisk.root = layout.jobs;
      mockDisk.before = (step) => {
        // A lock that is not taken away is one of a process that has ended.
        if (/^rmSync /.test(step) || steps++ !== at) return;
        throw Object.assign(new Error('ENOSPC: as the test has it'), { code: 'ENOSPC' });
      };
      const tried = await Promise.resolve(makeFiles(store, layout)).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
      mockDisk.before = undefined;
      isOver = steps <= at;
      if (failures.length > 0) {
        ended += 1;
        await expect(append(store, 'job/d', [])).rejects.toMatchObject({ code: 'ENOSPC' });
        // Else a link that could not be made was a file instead, or it was whoever asked that could not go on.
      } else if (makesItself) expect(tried).toBe('done');
      await setImmediate();
      const copy = killed(layout);
      await recoverDirectory(copy);
      expect(await foundIn(copy, STREAMS)).toEqual(expected);
      await store.close().catch(() => undefined);
    }
    expect(ended).toBeGreaterThan(3);
  }, 60_000);
});
