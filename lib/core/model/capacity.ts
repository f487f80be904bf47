/**
 * Why the capacity of a pool is warned of: `forecast`, the demand to come is more than its workers can do; `waits`, attempts
 * wait longer than they should, and longer than before.
 */
export const CAPACITY_CONDITIONS = ['forecast', 'waits'] as const;
export type CapacityCondition = (typeof CAPACITY_CONDITIONS)[number];
