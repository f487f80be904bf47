import { invalidInput } from './route';

/** @throws RepriseError INPUT_INVALID: what goes to a pool that does not exist would wait for ever. */
export function requirePool(pools: readonly string[], pool: string): void {
  if (pools.includes(pool)) return;
  throw invalidInput('pool', `no pool ${JSON.stringify(pool)}: there is ${pools.join(', ')}`);
}
