import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Gate } from '../../gate';
import { replaceFile } from './durable';
import { hasCode } from './has-code';
import type { JournalFile } from './journal-file';
import { createHeadKeeper } from './journal-head';
import { createLateFile } from './late-file';
import type { Layout, StreamFiles } from './layout';
import { type JobLock, type MakeFile, ownLock } from './lock';
import { type LoggedParts, logged } from './logged-stream';
import type { OwnedStream } from './owned-stream';

/** A new stream, which stands in the log of its process only until its files are made. */
export interface LateStream {
  readonly owned: OwnedStream;
  readonly file: JournalFile;
  /** When it began, milliseconds of the clock that only runs. */
  readonly since: number;
  readonly isMade: () => boolean;
  /** A file beside its journal, while it is nowhere else. */
  readonly kept: (name: string) => string | undefined;
  /** Given up while it had no files. It is anybody's once it is settled. */
  readonly isGivenUp: () => boolean;
  /** Makes its files, for readers. */
  readonly make: () => Promise<void>;
  /** Has everything durable in its own files; of one that is given up, the log says so. */
  readonly settle: () => Promise<void>;
  /** Shows that it is held, even where whoever asked for it has taken that away. */
  readonly showLock: () => Promise<JobLock>;
}

export interface LateParts extends Pick<LoggedParts, 'log' | 'settling'> {
  readonly layout: Layout;
  readonly enter: (files: StreamFiles) => Promise<void>;
  readonly makeLock: MakeFile;
  readonly makeHead: MakeFile;
  /** It is over, and nothing of it is in the log only. */
  readonly onLeft: () => void;
  readonly making: Gate;
}

export function lateStream(stream: string, parts: LateParts): LateStream {
  const { layout, log, settling, enter, makeLock, makeHead, making, onLeft } = parts;
  const files = layout.stream(stream);
  const file = createLateFile(files.journal, (written) => log.commit({ stream, ...written }));
  const keeper = createHeadKeeper(files.head, undefined, undefined, () => file.unfiled() === undefined);
  const kept = new Map<string, string>();
  let isGivenUp = false;
  let isMade = false;
  let made: Promise<OwnedStream> | undefined;
  let leaving: Promise<void> | undefined;

  async function makeAll(): Promise<OwnedStream> {
    await enter(files);
    const lock = isGivenUp ? NO_LOCK : await lockHere();
    await unlessThere(() => makeHead(files.head));
    // Whoever finds the journal finds what is beside it.
    for (const [name, content] of kept) await replaceFile(join(files.dir, name), content, { durable: false });
    file.make();
    await keeper.flush();
    isMade = true;
    return logged({ stream, files, log, lock, file, keeper, settling }, kept.keys());
  }

  /** Whoever locks it as well now is waiting for what becomes of it, and does not go on. */
  async function lockHere(): Promise<JobLock> {
    const path = ownLock(files.dir);
    await unlessThere(() => makeLock(path));
    return { release: () => rmSync(path, { force: true }) };
  }

  function make(): Promise<OwnedStream> {
    made ??= making(makeAll);
    return made;
  }

  async function leave(): Promise<void> {
    await (await make()).giveUp();
    onLeft();
  }

  async function settle(): Promise<void> {
    if (isGivenUp) {
      leaving ??= leave();
      await leaving;
    } else await (await make()).settle();
  }

  const owned: OwnedStream = {
    ...{ file, keeper, settle },
    async keep(name, content) {
      if (made) return (await made).keep(name, content);
      kept.set(name, content);
      await log.commit({ stream, file: name, bytes: Buffer.from(content, 'utf8') });
    },
    async giveUp() {
      // The log has all of it.
      if (!made) isGivenUp = true;
      else await leave();
    },
  };
  return {
    ...{ owned, file, settle, since: performance.now() },
    isMade: () => isMade,
    isGivenUp: () => isGivenUp,
    kept: (name) => (isMade ? undefined : kept.get(name)),
    make: async () => void (await make()),
    showLock: lockHere,
  };
}

/** One that is given up needs none: whoever wants it asks. */
const NO_LOCK: JobLock = { release: () => undefined };

async function unlessThere(make: () => Promise<void> | void): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}
