import { notificationRoutes } from '../../lib/api/notifications';
import { routedHandler } from '../shared/api';
import { streams } from '../shared/engine';
import { notificationRules } from '../shared/notifications';
import { perOwner } from '../shared/owner-quotas';

export const handler = routedHandler(
  notificationRoutes({ streams: streams(), config: notificationRules, clock: Date.now }).map(perOwner),
);
