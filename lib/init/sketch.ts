import type { ImportedNode } from '../importers/imported';

/** Something that says how tests are run, and the nodes that it becomes. */
export interface Found {
  /** What people call it: `Playwright`, `scripts`. */
  readonly what: string;
  /** The file that shows it. */
  readonly file: string;
  readonly why: string;
  readonly nodes: readonly ImportedNode[];
}

/** Something that was seen and is not in the graph. */
export interface Aside {
  readonly file: string;
  readonly why: string;
}

/** What one look at a folder gives. */
export interface Look {
  readonly found: readonly Found[];
  readonly aside: readonly Aside[];
}

export const NOTHING: Look = { found: [], aside: [] };

export function joined(...looks: readonly Look[]): Look {
  return { found: looks.flatMap(({ found }) => found), aside: looks.flatMap(({ aside }) => aside) };
}
