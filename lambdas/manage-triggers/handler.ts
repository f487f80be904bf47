import { triggerRoutes } from '../../lib/api/triggers';
import { readEnv } from '../runtime/env';
import { routedHandler } from '../shared/api';
import { streams } from '../shared/engine';
import { ownerQuotas, ownGraphs, perOwner } from '../shared/owner-quotas';
import { journal, triggerList } from '../shared/tables';

export const handler = routedHandler(
  triggerRoutes({
    streams: streams(),
    list: triggerList(),
    journal: journal(),
    graphs: ownGraphs(),
    maxTriggers: ownerQuotas().triggers,
    pools: readEnv('POOL_NAMES').POOL_NAMES,
    clock: Date.now,
  }).map(perOwner),
);
