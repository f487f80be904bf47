import type { TargetMessage } from '../messages/target';

/** `at`: milliseconds since the epoch. `advance`: what the state itself asks for, one step at a time. */
export type TargetInput = (TargetMessage | { readonly type: 'advance' }) & { readonly at: number };
