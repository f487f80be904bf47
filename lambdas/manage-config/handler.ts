import { configRoutes } from '../../lib/api/config';
import { routedHandler } from '../shared/api';
import { config } from '../shared/config';
import { perOwner } from '../shared/owner-quotas';

export const handler = routedHandler(configRoutes({ config: config() }).map(perOwner));
