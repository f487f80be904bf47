import { formatPath, type Locate, type Path } from '../core/dag/check/problems';
import type { ImportNote, NoteKind } from './imported';

/** Collects notes, in the order of the file where its lines are known. The same thing said of the same place is kept once: combinations repeat it. */
export interface Notes {
  add(kind: NoteKind, path: Path, message: string, node?: string): void;
  list(): readonly ImportNote[];
}

/** @param locate gives notes their line and column; left out for files that no person writes. */
export function createNotes(locate?: Locate): Notes {
  const notes = new Map<string, ImportNote>();
  return {
    add(kind, path, message, node) {
      const where = formatPath(path);
      const key = `${where}\n${message}`;
      if (notes.has(key)) return;
      const position = locate?.(path);
      notes.set(key, {
        kind,
        path: where,
        message,
        ...(node === undefined ? {} : { node }),
        ...(position ?? {}),
      });
    },
    list: () => [...notes.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  };
}
