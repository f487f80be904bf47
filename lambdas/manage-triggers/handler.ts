import { triggerRoutes } from '../../lib/api/triggers';
import { triggerEngine } from '../shared/engine';
import { readEnv } from '../shared/env';
import { graphs } from '../shared/objects';
import { routedHandler } from '../shared/routed';
import { journal, triggerList } from '../shared/tables';

export const handler = routedHandler(
  triggerRoutes({
    triggers: triggerEngine(),
    list: triggerList(),
    journal: journal(),
    graphs: graphs(),
    pools: readEnv('POOL_NAMES').POOL_NAMES,
    clock: Date.now,
  }),
);
