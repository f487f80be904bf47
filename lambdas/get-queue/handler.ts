import { createPoolEngine } from '../../lib/core/engine/pools';
import { readEnv } from '../runtime/env';
import { apiHandler } from '../runtime/http';
import { snapshots } from '../shared/objects';
import { journal } from '../shared/tables';
import { getQueueRoute } from './route';

const env = readEnv('POOL_NAMES', 'MAX_WAITING_JOBS');

export const handler = apiHandler(
  getQueueRoute({
    pools: createPoolEngine({
      journal: journal(),
      snapshots: { load: (stream) => snapshots().load(stream), save: async () => {} },
      clock: Date.now,
      // Reads only: nothing is decided here, so nothing is ever performed.
      perform: async () => {},
    }),
    names: env.POOL_NAMES,
    maxWaitingJobs: env.MAX_WAITING_JOBS,
  }),
);
