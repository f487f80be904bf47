import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { createFileJournalStore } from '../../lib/adapters/embedded/disk/journal-store';
import { type Layout, layoutOf } from '../../lib/adapters/embedded/disk/layout';
import { SEGMENT_FILES, type SegmentFiles } from '../../lib/adapters/embedded/disk/wal-files';
import type { Recorded } from '../../lib/core/journal/envelope';
import { all } from '../contract/journal-store.contract';
import { temporaryDir } from './e2e-files';

/** Names of the segments of a directory, in their order. */
export const segmentsOf = ({ wal }: Layout): string[] =>
  existsSync(wal)
    ? readdirSync(wal)
        .filter((name) => name.endsWith('.wal'))
        .sort()
    : [];

/** Makes the segments of a directory those of a process that ended with its machine, so many seconds ago. */
export function orphan(layout: Layout, secondsAgo = 60): Layout {
  const at = Date.now() / 1_000 - secondsAgo;
  for (const name of segmentsOf(layout)) {
    const path = join(layout.wal, name.replace(/^.*-/, '1-1-dead-'));
    renameSync(join(layout.wal, name), path);
    utimesSync(path, at, at);
  }
  return layout;
}

/** A copy of a directory as a loss of power leaves it: the log, and what `keep` says of each file of a stream. */
export function afterPowerLoss(
  layout: Layout,
  keep: (path: string, content: Buffer) => Buffer | undefined,
): Layout {
  const copy = layoutOf(temporaryDir());
  const isOfLog = (path: string) => !path.startsWith(layout.late);
  cpSync(layout.wal, copy.wal, { recursive: true, filter: isOfLog });
  for (const job of existsSync(layout.jobs) ? readdirSync(layout.jobs) : []) {
    for (const name of readdirSync(layout.job(job)).filter(isKept)) {
      const content = keep(`${job}/${name}`, readFileSync(join(layout.job(job), name)));
      if (content === undefined) continue;
      mkdirSync(copy.job(job), { recursive: true });
      writeFileSync(join(copy.job(job), name), content);
    }
  }
  return orphan(copy);
}

const isKept = (name: string): boolean => /^(?:journal\.jsonl|head\.json|run\.json)$/.test(name);

/** Bytes of the frames that were synced, by segment, after each sync. */
export interface Synced {
  readonly segment: string;
  readonly end: number;
}

/** Files of a log that tell where the synced frames end. */
export function watchedFiles(onSynced: (synced: Synced) => void): SegmentFiles {
  const paths = new Map<number, string>();
  const ends = new Map<number, number>();
  return {
    ...SEGMENT_FILES,
    async open(path) {
      const fd = await SEGMENT_FILES.open(path);
      paths.set(fd, path);
      return fd;
    },
    write(fd, bytes, at) {
      SEGMENT_FILES.write(fd, bytes, at);
      ends.set(fd, at + 12 + bytes.readUInt32BE(4));
    },
    async sync(fd) {
      await SEGMENT_FILES.sync(fd);
      onSynced({ segment: basename(paths.get(fd) ?? ''), end: ends.get(fd) ?? 0 });
    },
  };
}

/** What a store that opens the directory anew finds in each stream, once it has taken it. */
export async function foundIn(
  layout: Layout,
  streams: readonly string[],
): Promise<Map<string, readonly Recorded[]>> {
  const store = createFileJournalStore(layout);
  const found = new Map<string, readonly Recorded[]>();
  for (const stream of streams) {
    await store.ownStream(stream);
    found.set(stream, await all(store, stream));
  }
  await store.close();
  return found;
}
