import { addressOf } from '../../../core/messages/address';
import { createGate } from '../../gate';
import { exists } from './durable';
import { type LatePost, openLatePost } from './late-post';
import type { LateWriter } from './late-requests';
import { type LateParts, type LateStream, lateStream } from './late-stream';
import type { MarkedStream } from './marks';
import type { OwnedStream } from './owned-stream';

/** The streams of a process that have no files yet. */
export interface LateStreams {
  readonly get: (stream: string) => LateStream | undefined;
  readonly marks: (kind: string) => readonly MarkedStream[];
  /** Whether there may be any. */
  readonly isOpen: () => boolean;
  /** Undefined where the stream has files, or may not be without. */
  readonly take: (stream: string) => Promise<OwnedStream | undefined>;
  /** Has all of those that are given up durable in their own files. Nothing is taken any more. */
  readonly leave: () => Promise<void>;
  /** Others may have late streams then. */
  readonly close: () => Promise<void>;
}

/** A stream that is held gets its files when the log has a moment for it and it is older: milliseconds. */
const HELD_MS = 1_000;
/** Any stream has them then, whatever the log has to do. */
const LATEST_MS = 10_000;
/** Streams whose files are made at a time. */
const MAKING = 8;

/** With so many, one that begins waits until one that is given up has files: some 40 MB. */
const MOST_LATE = 8_000;

export interface LateOptions extends Omit<LateParts, 'onLeft' | 'making'> {
  readonly mostLate?: number | undefined;
}

export function createLateStreams(options: LateOptions): LateStreams {
  const { layout, mostLate = MOST_LATE } = options;
  const streams = new Map<string, LateStream>();
  const making = createGate(MAKING);
  const { log, isIdle } = watching(options.log);
  let opening: Promise<LatePost | undefined> | undefined;
  let isOpen = false;

  async function together(work: readonly Promise<void>[]): Promise<void> {
    try {
      await Promise.all(work);
    } catch (error) {
      // What is to follow the log cannot: the process had better end, and the next one makes it good.
      log.fail(error);
      throw error;
    }
  }

  /** Files are for people and other processes to find, before long, and to have what is over out of the log. */
  function follow(): void {
    const due = dueOf([...streams.values()], { isIdle: isIdle(), now: performance.now() });
    together(due.map((late) => (late.isGivenUp() ? late.settle() : late.make()))).catch(() => undefined);
  }

  async function post(): Promise<boolean> {
    opening ??= openLatePost(layout, writerOf(streams, together), follow);
    try {
      isOpen = (await opening) !== undefined;
      return isOpen;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  }

  /** Who begins more than can be given files waits for the files of others. */
  async function backlog(): Promise<void> {
    if (streams.size < mostLate) return;
    for (const late of streams.values()) if (late.isGivenUp()) return together([late.settle()]);
  }

  return {
    get: (stream) => streams.get(stream),
    marks: (kind) =>
      [...streams].flatMap(([stream, late]) => (addressOf(stream).kind === kind ? markOf(stream, late) : [])),
    isOpen: () => isOpen,
    async take(stream) {
      await streams.get(stream)?.settle();
      await backlog();
      if (addressOf(stream).kind !== 'job' || !(await post())) return undefined;
      // Whoever comes for it from here on makes its directory, and then asks.
      if (exists(layout.stream(stream).dir)) return undefined;
      const late = lateStream(stream, { ...options, log, making, onLeft: () => streams.delete(stream) });
      streams.set(stream, late);
      return late.owned;
    },
    leave: () => together([...streams.values()].map((late) => late.settle())),
    async close() {
      isOpen = false;
      (await opening)?.close();
    },
  };
}

/** One whose files are made is found there. */
function markOf(stream: string, { file, since }: LateStream): MarkedStream[] {
  const text = file.unfiled();
  return text ? [{ stream, mark: text.length, at: performance.timeOrigin + since }] : [];
}

function dueOf(
  streams: readonly LateStream[],
  { isIdle, now }: { readonly isIdle: boolean; readonly now: number },
): LateStream[] {
  return streams.filter((late) => {
    const age = now - late.since;
    const isDue = age > LATEST_MS || (isIdle && (late.isGivenUp() || age > HELD_MS));
    return isDue && (late.isGivenUp() || !late.isMade());
  });
}

/** What it does for those who ask. */
function writerOf(
  streams: ReadonlyMap<string, LateStream>,
  together: (work: readonly Promise<void>[]) => Promise<void>,
): LateWriter {
  return {
    show: () => together([...streams.values()].map((late) => late.make())),
    async yieldUp(stream) {
      const late = streams.get(stream);
      if (!late) return 'free';
      await together([late.isGivenUp() ? late.settle() : late.make()]);
      if (streams.get(stream) !== late) return 'free';
      const lock = await late.showLock();
      if (streams.get(stream) === late) return 'held';
      lock.release();
      return 'free';
    },
  };
}

/** The log, and whether it has taken nothing since that was asked before. */
function watching(log: LateParts['log']) {
  let [commits, seen] = [0, 0];
  const commit: LateParts['log']['commit'] = (entry) => {
    commits += 1;
    return log.commit(entry);
  };
  return {
    log: { ...log, commit },
    isIdle() {
      const isIdle = commits === seen;
      seen = commits;
      return isIdle;
    },
  };
}
