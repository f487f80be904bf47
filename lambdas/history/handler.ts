import { historyRoutes } from '../../lib/api/history';
import { routedHandler } from '../shared/api';
import { perOwner } from '../shared/owner-quotas';
import { history } from '../shared/tables';

export const handler = routedHandler(historyRoutes({ history: history(), clock: Date.now }).map(perOwner));
