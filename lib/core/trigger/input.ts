import type { TriggerMessage } from '../messages/trigger';
import type { LimitReason } from './events';

/** `at`: milliseconds since the epoch. */
export type TriggerInput = TriggerMessage & {
  readonly at: number;
  /** Only the first `room` firings of this input may start a job. */
  readonly limit?: { readonly room: number; readonly why: LimitReason };
};
