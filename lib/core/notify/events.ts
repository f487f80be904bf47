import type { Notice, Telling } from '../messages/target';

interface Ev<T extends string, D extends object> {
  readonly type: T;
  readonly data: D;
}

/** One try of a delivery, counted from 1. */
interface Try {
  readonly deliveryId: string;
  readonly attempt: number;
}

/** Everything that can happen at a target of notifications. Times in milliseconds since the epoch. */
export type TargetEvent =
  /** It is delivered as soon as may be: the delivery has the id of the notice. */
  | Ev<'notice.accepted', { readonly notice: Notice; readonly telling: Telling }>
  /** It waits: for the end of quiet hours, or for others to be told of with it. */
  | Ev<
      'notice.held',
      {
        readonly notice: Notice;
        readonly telling: Telling;
        readonly until: number;
        readonly why: 'quiet' | 'digest';
      }
    >
  /** It is not told: the same was told a while ago, or too much is held already; then the digest counts it. */
  | Ev<
      'notice.suppressed',
      { readonly id: string; readonly signature: string; readonly why: 'repeated' | 'flood' }
    >
  /** What was held becomes one delivery. `more`: notices that were only counted. */
  | Ev<
      'notice.released',
      { readonly deliveryId: string; readonly notices: readonly string[]; readonly more: number }
    >
  /** `until`: what has not answered by then counts as failed. */
  | Ev<'delivery.started', Try & { readonly until: number }>
  | Ev<'delivery.succeeded', Try & { readonly to: string }>
  /** `openUntil`: the target has failed so often that nothing is tried before. */
  | Ev<
      'delivery.failed',
      Try & {
        readonly to?: string;
        readonly why: string;
        readonly retryAt: number;
        readonly openUntil?: number;
      }
    >
  /** It is not tried again by itself. */
  | Ev<'delivery.parked', Try & { readonly to?: string; readonly why: string }>
  /** A person has it tried again. */
  | Ev<'delivery.redriven', { readonly deliveries: readonly string[]; readonly by: string }>
  /** Nobody has acknowledged an alert in time: the next target is told. `step` from 0. */
  | Ev<'alert.escalated', { readonly alert: string; readonly step: number; readonly target: string }>
  | Ev<'alert.acknowledged', { readonly alert: string; readonly by: string }>;
