import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { streamOf } from '../../../core/messages/address';
import { idSchema } from '../../../core/model/ids';
import { entriesOf } from './entries';
import { filesIn, type Layout } from './layout';

/** A stream, and a mark that is another one once anything was appended to it. */
export interface MarkedStream {
  readonly stream: string;
  /** The bytes of its journal: they only grow. */
  readonly mark: number;
  /** When it was written last, milliseconds since the epoch. */
  readonly at: number;
}

/** Reads of streams, each held until its journal grows. @param sizeOf a read, of the `maxSize` of all that are held */
export function readOnce<Read extends object>(
  read: (stream: string) => Promise<Read>,
  { maxSize, sizeOf }: { readonly maxSize: number; readonly sizeOf: (read: Read) => number },
): (stream: string, mark: number) => Promise<Read> {
  const held = new LRUCache<string, { readonly mark: number; readonly read: Read }>({ maxSize });
  return async (stream, mark) => {
    const before = held.get(stream);
    if (before?.mark === mark) return before.read;
    const now = await read(stream);
    held.set(stream, { mark, read: now }, { size: sizeOf(now) });
    return now;
  };
}

/** Others have their turn after so many looks. One takes microseconds; where a thread is asked to look, it takes ten times that. */
const LOOKS = 256;

/** The streams of a kind that have files, in the order of their names. */
export async function marksOnDisk({ places }: Layout, kind: string): Promise<MarkedStream[]> {
  const place = places[kind];
  if (place === undefined) return [];
  const marked: MarkedStream[] = [];
  const ids = (await entriesOf(place)).filter((name) => idSchema.safeParse(name).success);
  for (const [i, id] of ids.entries()) {
    const stat = lstatSync(filesIn(join(place, id)).journal, { throwIfNoEntry: false });
    if (stat?.isFile()) marked.push({ stream: streamOf({ kind, id }), mark: stat.size, at: stat.mtimeMs });
    if (i % LOOKS === LOOKS - 1) await setImmediate();
  }
  return marked;
}
