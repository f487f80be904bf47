import type { Decider } from '../journal/decider';
import { decidePool } from './decide';
import type { PoolEvent } from './events';
import { evolvePool } from './evolve';
import type { PoolInput } from './input';
import { initialPool, type PoolState } from './state';

/** The behaviour of one pool of workers. */
export const poolDecider: Decider<PoolState, PoolInput, PoolEvent> = {
  initial: initialPool,
  decide: decidePool,
  evolve: evolvePool,
};
