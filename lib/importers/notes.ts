import { formatPath, type Locate, type Path } from '../core/dag/check/problems';
import type { ImportNote, NoteKind } from './imported';

/** 1-based, in the file `source` when that is not the imported one. */
export type NotePlace = Pick<ImportNote, 'line' | 'column' | 'source'>;

/** Collects notes, in the order of the file where its lines are known. The same thing said of the same place is kept once: combinations repeat it. */
export interface Notes {
  /** @param place where it stands, when that is known already: perhaps in a file that is included. */
  add(kind: NoteKind, path: Path, message: string, node?: string, place?: NotePlace): void;
  list(): readonly ImportNote[];
}

/** @param locate gives notes their line and column; left out for files that no person writes. */
export function createNotes(locate?: Locate): Notes {
  const notes = new Map<string, ImportNote>();
  return {
    add(kind, path, message, node, place = locate?.(path)) {
      const where = formatPath(path);
      const key = [place && 'source' in place ? place.source : '', where, message].join('\n');
      if (notes.has(key)) return;
      notes.set(key, {
        kind,
        path: where,
        message,
        ...(node === undefined ? {} : { node }),
        ...(place ?? {}),
      });
    },
    list: () =>
      [...notes.values()].sort((a, b) => order(a.source, b.source) || (a.line ?? 0) - (b.line ?? 0)),
  };
}

/** The imported file first, then those that it includes. */
function order(a = '', b = ''): number {
  return a < b ? -1 : Number(a > b);
}
