import type { TriggerMessage } from '../messages/trigger';

/** `at`: milliseconds since the epoch. */
export type TriggerInput = TriggerMessage & { readonly at: number };
