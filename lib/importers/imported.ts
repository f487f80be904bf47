import type * as z from 'zod';
import type { graphDocumentSchema, nodeSchema } from '../core/dag/check/schema';

/** A graph as it is written, before defaults and durations are worked out. */
export type ImportedDocument = z.input<typeof graphDocumentSchema>;
export type ImportedNode = z.input<typeof nodeSchema>;

/**
 * What became of a thing that has no counterpart: `left-out` is not in the graph at all, `changed` is there and
 * behaves otherwise, `info` says how something was decided.
 */
export type NoteKind = 'left-out' | 'changed' | 'info';

export interface ImportNote {
  readonly kind: NoteKind;
  /** Path in the imported file, such as `jobs.test.steps[0]`; the file itself is `$`. */
  readonly path: string;
  readonly message: string;
  /** The node of the graph that this is about, when there is one. */
  readonly node?: string;
  /** The file that it stands in, when that is one that the imported file includes. */
  readonly source?: string;
  /** 1-based position in the imported file, when its format has lines that people read. */
  readonly line?: number;
  readonly column?: number;
}

export interface ImportedGraph {
  readonly graph: ImportedDocument;
  readonly notes: readonly ImportNote[];
}

/** A foreign file: its text, and what to call it in messages. */
export interface ForeignFile {
  readonly text: string;
  readonly source: string;
}

/** What an importer tells a file by. */
export interface Looked extends ForeignFile {
  /** The top level of its YAML or JSON; undefined where it is neither, or no mapping. */
  readonly top: Readonly<Record<string, unknown>> | undefined;
}
