import { capacityRoutes } from '../../lib/api/capacity';
import { readEnv } from '../runtime/env';
import { routedHandler } from '../shared/api';
import { loads } from '../shared/loads';
import { perOwner } from '../shared/owner-quotas';
import { reader } from '../shared/readers';

const { POOL_NAMES: pools } = readEnv('POOL_NAMES');
const deps = { loads: loads(), view: reader().view, pools, clock: Date.now };

export const handler = routedHandler(capacityRoutes(deps).map(perOwner));
