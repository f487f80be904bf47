import type { Load } from '../capacity/load';

export interface LoadQuery {
  readonly pool: string;
  /** The latest jobs that are over, at most. */
  readonly jobs: number;
}

/** What pools were asked to do, and what they had for that, as journals tell it. */
export interface LoadSource {
  /** A job whose journal or graph is gone, or that another engine wrote in a way that cannot be read, is left out. */
  readonly load: (query: LoadQuery) => Promise<Load>;
}
