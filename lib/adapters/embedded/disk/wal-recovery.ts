import { readFileSync, rmSync } from 'node:fs';
import { RepriseError } from '../../../core/errors';
import type { Timing } from '../../../core/model/time';
import { retrying } from '../../../core/retry/retrying';
import { createGate } from '../../gate';
import { SYSTEM } from '../../system';
import { syncDir } from './durable';
import { showLate } from './late-requests';
import type { Layout } from './layout';
import { lockDirectory } from './lock';
import { decodeFrames, type WalEntry } from './wal-frames';
import { type OpenEntry, restoreStream } from './wal-restore';
import { originalsBeside, otherSegments } from './wal-segments';

const MOMENT = { strategy: 'exponential', initialDelayMs: 5, maxDelayMs: 200, jitter: 'full' } as const;
const PATIENCE_MS = 60_000;
/** How long it is seen whether a process elsewhere shows again that it lives: milliseconds. */
const WATCHING_MS = 20_000;

/** Streams made good at a time: their syncs share what the disk does. */
const RESTORING = 32;

/** By directory: the recovery that is under way in this process. */
const underWay = new Map<string, Promise<void>>();

/**
 * Makes good from the logs of processes that ended without closing them what a loss of power may have taken from the files
 * of their streams. Nothing is done where there is no such log. Before it, nobody may write such a stream.
 * @throws RepriseError JOURNAL_CORRUPT that names the log and the byte; JOB_LOCKED where a process that cannot be seen from
 * here, of another machine or container, goes on writing its log
 */
export function recoverDirectory(layout: Layout, timing: Timing = SYSTEM): Promise<void> {
  const known = underWay.get(layout.root);
  if (known) return known;
  const { dead, doubtful } = otherSegments(layout);
  if (dead.length + doubtful.length === 0) return Promise.resolve();
  const recovering = recoverAlone(layout, timing).finally(() => underWay.delete(layout.root));
  underWay.set(layout.root, recovering);
  return recovering;
}

/**
 * The same for whoever only reads, with what a process that lives has in its log only. Of a process elsewhere that may live, the
 * journals are left as they are.
 * @throws RepriseError as `recoverDirectory` and `showLate` do
 */
export async function recoverToRead(layout: Layout): Promise<void> {
  await showLate(layout);
  if (otherSegments(layout).doubtful.length === 0) await recoverDirectory(layout);
}

/** Whoever finds another process at it waits: it may be about a stream that both want. */
async function recoverAlone(layout: Layout, timing: Timing): Promise<void> {
  const locked = ({ pid }: { readonly pid: number }) =>
    new RepriseError('JOB_LOCKED', `process ${pid} is recovering ${layout.root}: try again`, {
      context: { pid },
    });
  const within = (ms: number) => ({ ...timing, backoff: MOMENT, until: timing.clock() + ms });
  await retrying(async () => assertSilent(layout), within(WATCHING_MS));
  const lock = await retrying(() => lockDirectory(layout.wal, locked), within(PATIENCE_MS));
  try {
    for (const segments of otherSegments(layout).dead) {
      const entries = segments.flatMap((path) => decodeFrames(readFileSync(path), path));
      await restoreAll(layout, unsettled(entries));
      for (const path of [...segments, ...originalsBeside(segments)]) rmSync(path, { force: true });
    }
    await syncDir(layout.wal);
  } finally {
    lock.release();
  }
}

/** Whatever goes wrong with one, the others are not left half done. */
async function restoreAll(layout: Layout, streams: ReadonlyMap<string, OpenEntry[]>): Promise<void> {
  const restoring = createGate(RESTORING);
  const restored = await Promise.allSettled(
    [...streams].map(([stream, open]) => restoring(() => restoreStream(layout, stream, open))),
  );
  for (const each of restored) if (each.status === 'rejected') throw each.reason;
}

/** Its locks cannot be looked at from here either. */
function assertSilent(layout: Layout): void {
  const path = otherSegments(layout).doubtful[0]?.[0];
  if (path === undefined) return;
  const message = `a process of another machine or container writes ${path}: a directory is for the processes of one machine that see each other. Stop that one, or take another --journal`;
  throw new RepriseError('JOB_LOCKED', message, { context: { path } });
}

/** Of each stream, what follows the last word that all before is durable. */
function unsettled(entries: readonly WalEntry[]): Map<string, OpenEntry[]> {
  const open = new Map<string, OpenEntry[]>();
  for (const entry of entries) {
    const before = open.get(entry.stream);
    if ('settled' in entry) open.delete(entry.stream);
    else if (before) before.push(entry);
    else open.set(entry.stream, [entry]);
  }
  return open;
}
