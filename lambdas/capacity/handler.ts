import { createPoolLoads } from '../../lib/adapters/aws/table/loads';
import { capacityRoutes } from '../../lib/api/capacity';
import { readEnv } from '../runtime/env';
import { routedHandler } from '../runtime/routed';
import { graphs } from '../shared/objects';
import { perOwner } from '../shared/owner-quotas';
import { journal, workers } from '../shared/tables';

const { POOL_NAMES } = readEnv('POOL_NAMES');
const loads = createPoolLoads({ journal: journal(), graphs: graphs(), workers: workers() });

export const handler = routedHandler(
  capacityRoutes({ loads, pools: POOL_NAMES, clock: Date.now }).map(perOwner),
);
