import { readFileSync, rmSync } from 'node:fs';
import { RepriseError } from '../../../core/errors';
import { retrying } from '../../../core/retry/retrying';
import { SYSTEM } from '../../system';
import { syncDir } from './durable';
import type { Layout } from './layout';
import { lockDirectory } from './lock';
import { decodeFrames, type WalEntry } from './wal-frames';
import { type OpenEntry, restoreStream } from './wal-restore';
import { deadSegments, originalsBeside } from './wal-segments';

const MOMENT = { strategy: 'exponential', initialDelayMs: 5, maxDelayMs: 200, jitter: 'full' } as const;
const PATIENCE_MS = 60_000;

/** By directory: the recovery that is under way in this process. */
const underWay = new Map<string, Promise<void>>();

/**
 * Makes good from the logs of processes that ended without closing them what a loss of power may have taken from the files
 * of their streams. Nothing is done where there is no such log. Before it, nobody may write such a stream.
 * @throws RepriseError JOURNAL_CORRUPT that names the log and the byte
 */
export function recoverDirectory(layout: Layout): Promise<void> {
  const known = underWay.get(layout.root);
  if (known) return known;
  if (deadSegments(layout).length === 0) return Promise.resolve();
  const recovering = recoverAlone(layout).finally(() => underWay.delete(layout.root));
  underWay.set(layout.root, recovering);
  return recovering;
}

/** Whoever finds another process at it waits: it may be about a stream that both want. */
async function recoverAlone(layout: Layout): Promise<void> {
  const locked = ({ pid }: { readonly pid: number }) =>
    new RepriseError('JOB_LOCKED', `process ${pid} is recovering ${layout.root}: try again`, {
      context: { pid },
    });
  const lock = await retrying(() => lockDirectory(layout.wal, locked), {
    ...{ ...SYSTEM, backoff: MOMENT, until: SYSTEM.clock() + PATIENCE_MS },
  });
  try {
    for (const segments of deadSegments(layout)) {
      const entries = segments.flatMap((path) => decodeFrames(readFileSync(path), path));
      for (const [stream, open] of unsettled(entries)) await restoreStream(layout, stream, open);
      for (const path of [...segments, ...originalsBeside(segments)]) rmSync(path, { force: true });
    }
    await syncDir(layout.wal);
  } finally {
    lock.release();
  }
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
