import { z } from 'zod';
import { RepriseError } from '../core/errors';
import { id } from './ownership';

export const poolParams = z.object({ pool: id });

/** @throws RepriseError INPUT_INVALID: what goes to a pool that does not exist would wait for ever. */
export function requirePool(pools: readonly string[], pool: string): void {
  if (pools.includes(pool)) return;
  const message = `no pool ${JSON.stringify(pool)}: there is ${pools.join(', ')}`;
  throw new RepriseError('INPUT_INVALID', `pool: ${message}`, {
    problems: [{ code: 'INPUT_INVALID', path: 'pool', message }],
  });
}
