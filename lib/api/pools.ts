import { RepriseError } from '../core/errors';
import { invalidInput } from './route';

/** @throws RepriseError INPUT_INVALID: what goes to a pool that does not exist would wait for ever. */
export function requirePool(pools: readonly string[], pool: string): void {
  if (pools.includes(pool)) return;
  throw invalidInput('pool', `no pool ${JSON.stringify(pool)}: there is ${pools.join(', ')}`);
}

/** Of the pool that a path names. @throws RepriseError POOL_NOT_FOUND */
export function requireNamedPool(pools: readonly string[], pool: string): void {
  if (pools.includes(pool)) return;
  throw new RepriseError('POOL_NOT_FOUND', `no pool ${pool}: there is ${pools.join(', ')}`);
}

/** Why a queue that is drained takes no job. */
export function queueDrained(pool: string): RepriseError {
  const message = `the queue of pool ${pool} is being drained: submit again once it is open`;
  return new RepriseError('QUEUE_FULL', message, { context: { pool } });
}
