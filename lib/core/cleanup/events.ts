import type { LeftoverKind, LeftoverRef } from '../ports/cleanup';
import type { Retention } from './retention';

interface Ev<T extends string, D extends object> {
  readonly type: T;
  readonly data: { readonly run: string } & D;
}

/** Counts by kind of leftover; of a kind that is not named there are none. */
export type Counts = Readonly<Partial<Record<LeftoverKind, number>>>;

/** Something that goes. */
export interface Going extends LeftoverRef {
  readonly why: string;
  readonly bytes?: number;
}

/** Something that should have gone and is still there; `failed`, where it could not be removed. */
export interface Staying extends LeftoverRef {
  readonly reason: string;
  readonly failed: boolean;
}

/** How a run of the cleanup came out, or what a dry run would do. */
export interface Tally {
  readonly counts: Counts;
  /** Of those whose size is known. */
  readonly bytes: number;
  readonly failed: number;
  /** Whether all was looked at and dealt with; else there was no time, and the next run goes on. */
  readonly complete: boolean;
}

/** Everything that can happen in the cleanup; `run` is one pass of it. */
export type CleanupEvent =
  | Ev<'cleanup.started', { readonly by: string; readonly dryRun: boolean; readonly retention: Retention }>
  /** Before any of them is removed: nothing goes that is not named here first. What stays after all, is said after. */
  | Ev<'cleanup.removing', { readonly items: readonly Going[] }>
  /** Before the stream is removed. `hash` of its last event, `bytes` of the archive. */
  | Ev<
      'cleanup.archived',
      LeftoverRef & {
        readonly archive: string;
        readonly events: number;
        readonly hash: string;
        readonly signedBy: string;
        readonly bytes: number;
      }
    >
  | Ev<'cleanup.stayed', Staying>
  /** Of a dry run `items` would go, the first of them. */
  | Ev<'cleanup.completed', Tally & { readonly dryRun: boolean; readonly items?: readonly Going[] }>;
