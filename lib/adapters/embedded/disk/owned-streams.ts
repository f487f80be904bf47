import type { LateStream } from './late-stream';
import type { LateOptions } from './late-streams';
import type { Layout } from './layout';
import { takeLogged } from './logged-streams';
import type { MarkedStream } from './marks';
import { type OwnedStream, takeAlone } from './owned-stream';
import { createWriteAheadLog, type WriteAheadLogOptions } from './write-ahead-log';

export interface Held extends OwnedStream {
  /** Resolves when what was to be written until now is over, however it went. */
  pending: Promise<unknown>;
}

export type LogOptions = true | (Omit<WriteAheadLogOptions, 'settle'> & Pick<LateOptions, 'mostLate'>);

/** The streams that a process holds. */
export interface OwnedStreams {
  /** Those that are taken, or being taken. */
  readonly owned: ReadonlyMap<string, Promise<Held>>;
  /** One that has no files yet, held or given up. */
  readonly late: (stream: string) => LateStream | undefined;
  /** Of a kind, those that have no files yet. */
  readonly lateMarks: (kind: string) => readonly MarkedStream[];
  /** Whether it is here that streams without files are. */
  readonly writesLate: () => boolean;
  readonly take: (stream: string) => Promise<Held>;
  readonly release: (stream: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Such a stream is held for a moment; whoever meets another process there comes again. */
export const isShared = (stream: string): boolean => /^(?:letter|audit)\//.test(stream);

/** @param logged for one log of all of them */
export function createOwnedStreams(layout: Layout, logged?: LogOptions): OwnedStreams {
  const owned = new Map<string, Promise<Held>>();
  /** Those that are being given up: until then the log may be all that has them. */
  const leaving = new Map<string, Promise<void>>();
  async function settle(stream: string): Promise<void> {
    const left = leaving.get(stream);
    await left;
    // One that could not be taken anew was given up before.
    const held = left ? undefined : await owned.get(stream)?.catch(() => undefined);
    await (held ?? together?.late.get(stream))?.settle();
  }
  const log = logged && createWriteAheadLog(layout, { settle, ...(logged === true ? {} : logged) });
  const alone = takeAlone(layout);
  const mostLate = logged && logged !== true ? logged.mostLate : undefined;
  const together = log && takeLogged(layout, log, { mostLate });

  async function takeNow(stream: string): Promise<Held> {
    await leaving.get(stream)?.catch(() => undefined);
    const held = await (together && !isShared(stream) ? together.take : alone)(stream);
    return { ...held, pending: Promise.resolve() };
  }

  function take(stream: string): Promise<Held> {
    const held = owned.get(stream);
    if (held) return held;
    const taking = takeNow(stream);
    owned.set(stream, taking);
    taking.catch(() => owned.delete(stream));
    return taking;
  }

  async function release(stream: string): Promise<void> {
    const taking = owned.get(stream);
    if (!taking) return;
    owned.delete(stream);
    const left = taking.then(leave, () => undefined).finally(() => leaving.delete(stream));
    leaving.set(stream, left);
    await left;
  }

  async function leave(held: Held): Promise<void> {
    await held.pending;
    await held.giveUp();
  }

  return {
    ...{ owned, take, release },
    late: (stream) => together?.late.get(stream),
    lateMarks: (kind) => together?.late.marks(kind) ?? [],
    writesLate: () => together?.late.isOpen() ?? false,
    async close() {
      together?.end();
      const given = await Promise.allSettled([...leaving.values(), ...[...owned.keys()].map(release)]);
      const left = [...given, ...(await Promise.allSettled([together?.leave()]))];
      if (log) await log.close();
      // What could not be given up stays with this process until it has ended.
      if (left.every(({ status }) => status === 'fulfilled')) await together?.close();
      for (const each of left) if (each.status === 'rejected') throw each.reason;
    },
  };
}
