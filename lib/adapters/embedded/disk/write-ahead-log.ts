import { rmSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { makeDir, syncDir } from './durable';
import type { Layout } from './layout';
import { SEGMENT_FILES, type SegmentFiles } from './wal-files';
import { encodeFrame, type WalEntry } from './wal-frames';
import { BEAT_MS, newSegmentPath } from './wal-segments';

/**
 * One log for all streams that a process writes, so that one sync makes durable what all of them wait for. The files of the
 * streams are written at once and synced seldom; after a loss of power they are made good from the log.
 */
export interface WriteAheadLog {
  /** Durable when it resolves. After a failure the log takes no more: every call rejects with what went wrong first. */
  readonly commit: (entry: WalEntry) => Promise<void>;
  /** Ends it as a failure of its own does: what a stream has, its own files may not have, and no segment goes any more. */
  readonly fail: (error: unknown) => void;
  /** Removes the segments, where everything in them is durable elsewhere. */
  readonly close: () => Promise<void>;
}

export interface WriteAheadLogOptions {
  /** Makes everything durable in its own files that was committed of a stream. */
  readonly settle: (stream: string) => Promise<void>;
  /** Hears, once, why it takes no more: the process had better end. */
  readonly onFailure?: (error: unknown) => void;
  readonly files?: SegmentFiles;
  /** Bytes of a segment, after which the next one begins. */
  readonly segmentBytes?: number;
}

interface Segment {
  readonly path: string;
  readonly fd: number;
  /** Shows that this process lives to those that cannot look at it. */
  readonly beat: NodeJS.Timeout;
  /** Bytes of frames, and bytes of the file: it grows by zeros, as overwriting is synced sooner than growing. */
  end: number;
  size: number;
  /** Streams that have something in it that may be nowhere else. */
  readonly streams: Set<string>;
}

interface Waiting {
  readonly entry: WalEntry;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const GROWTH = 1 << 20;
const SEGMENT_BYTES = 16 << 20;

export function createWriteAheadLog(layout: Layout, options: WriteAheadLogOptions): WriteAheadLog {
  const { settle, onFailure, files = SEGMENT_FILES, segmentBytes = SEGMENT_BYTES } = options;
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let current: Segment | undefined;
  /** Full ones, until what is in them is durable elsewhere. */
  let dropping: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;

  function fail(error: unknown): void {
    if (failure) return;
    failure = { error };
    onFailure?.(error);
  }

  async function write(entries: readonly WalEntry[]): Promise<void> {
    current ??= await begin(layout, files);
    const segment = current;
    const frame = encodeFrame(entries);
    const end = segment.end + frame.length;
    if (end > segment.size) {
      const size = Math.ceil(end / GROWTH) * GROWTH;
      files.write(segment.fd, Buffer.concat([frame, Buffer.alloc(size - end)]), segment.end);
      segment.size = size;
    } else files.write(segment.fd, frame, segment.end);
    await files.sync(segment.fd);
    segment.end = end;
    for (const entry of entries)
      if ('settled' in entry) segment.streams.delete(entry.stream);
      else segment.streams.add(entry.stream);
    if (end >= segmentBytes) retire(segment);
  }

  /** A stream that is given up meanwhile is settled then. */
  function retire(segment: Segment): void {
    current = undefined;
    dropping = dropping.then(async () => {
      await Promise.all([...segment.streams].map(settle));
      if (failure) throw failure.error;
      await drop(layout, files, segment);
    });
    dropping.catch(fail);
  }

  async function writeWaiting(): Promise<void> {
    // Whatever comes in this turn of the loop shares the sync.
    for (await setImmediate(); waiting.length > 0; ) {
      const batch = waiting;
      waiting = [];
      try {
        if (failure) throw failure.error;
        await write(batch.map(({ entry }) => entry));
        for (const { done } of batch) done();
      } catch (error) {
        fail(error);
        for (const { failed } of batch) failed(error);
      }
    }
    writing = undefined;
  }

  return {
    commit: (entry) =>
      new Promise((done, failed) => {
        waiting.push({ entry, done, failed });
        writing ??= writeWaiting();
      }),
    fail,
    async close() {
      await writing;
      await dropping;
      if (current && current.streams.size === 0 && !failure) await drop(layout, files, current);
      current = undefined;
    },
  };
}

async function begin(layout: Layout, files: SegmentFiles): Promise<Segment> {
  await makeDir(layout.wal);
  const path = newSegmentPath(layout);
  const fd = await files.open(path);
  await syncDir(layout.wal);
  const beat = setInterval(() => files.touch(fd), BEAT_MS).unref();
  return { path, fd, beat, end: 0, size: 0, streams: new Set() };
}

/** Durably: one that came back without those after it would bring back what has been given up since. */
async function drop({ wal }: Layout, files: SegmentFiles, { fd, path, beat }: Segment): Promise<void> {
  clearInterval(beat);
  files.close(fd);
  rmSync(path, { force: true });
  await syncDir(wal);
}
