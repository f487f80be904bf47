import type { FORCED_STATUSES } from '../messages/dependency';
import type { Call } from '../retry/call-window';

interface Ev<T extends string, D extends object> {
  readonly type: T;
  readonly data: D;
}

/** Everything that can happen to the breaker of a dependency. */
export type DependencyEvent =
  /** A call that changes what the window says; others are not journalled. */
  | Ev<'dependency.observed', Call>
  /** `until` in milliseconds since the epoch. */
  | Ev<'dependency.opened', { readonly until: number; readonly why: string }>
  /** `probes`: how many may find out at a time in a pool, and how many good ones close it. */
  | Ev<'dependency.halfOpened', { readonly probes: number; readonly why: string }>
  | Ev<'dependency.closed', { readonly why: string }>
  | Ev<
      'dependency.forced',
      { readonly status: (typeof FORCED_STATUSES)[number]; readonly by: string; readonly reason: string }
    >
  | Ev<'dependency.reset', { readonly by: string; readonly reason: string }>
  /** More calls go wrong than used to, and too few to open it: an early warning. */
  | Ev<'dependency.degrading', { readonly why: string }>
  /** The warning is over. */
  | Ev<'dependency.steady', { readonly why: string }>
  /** A pool asked to be told, now and at every change. */
  | Ev<'dependency.watched', { readonly pool: string }>;
