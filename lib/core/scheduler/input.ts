import type { PoolMessage } from '../messages/pool';

/**
 * `assign` asks for the admissions and assignments that queues and capacity allow. `at`: milliseconds since the epoch.
 */
export type PoolInput = (PoolMessage | { readonly type: 'assign' }) & { readonly at: number };
