import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { line } from '../core/model/bounded';

/**
 * The keys of the query that every list has: how many, where to go on, and in which order (`name`, or `-name` the other way
 * round). The first of the orders is that of a list which nobody ordered.
 */
export const listKeys = <const Orders extends readonly [string, ...string[]]>(
  orders: Orders,
  most: number = LIMITS.listPage,
  some: number = most,
) => ({
  limit: z.coerce.number().int().min(1).max(most).default(some),
  cursor: line(LIMITS.cursorLength).min(1).optional(),
  sort: z.enum(orders).default(orders[0] as Orders[number] & z.core.util.NoUndefined<Orders[number]>),
});

/** Where the next page of a list begins, for `cursor`; absent on the last. */
export const nextPage = { next_cursor: line(LIMITS.cursorLength).optional() };
