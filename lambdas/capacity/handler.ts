import { compute } from '../../lib/adapters/system';
import { capacityRoutes } from '../../lib/api/capacity';
import { createLoadAnswers } from '../../lib/core/capacity/answers';
import { readEnv } from '../runtime/env';
import { routedHandler } from '../shared/api';
import { loads } from '../shared/loads';
import { perOwner } from '../shared/owner-quotas';
import { reader } from '../shared/readers';

const { POOL_NAMES: pools } = readEnv('POOL_NAMES');
const desk = { loads: loads(), answers: createLoadAnswers(compute) };
const deps = { ...desk, view: reader().view, pools, clock: Date.now };

export const handler = routedHandler(capacityRoutes(deps).map(perOwner));
