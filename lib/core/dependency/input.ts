import type { DependencyMessage } from '../messages/dependency';

/** `at`: milliseconds since the epoch. */
export type DependencyInput = DependencyMessage & { readonly at: number };
