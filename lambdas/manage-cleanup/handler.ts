import { createCleanupStarter } from '../../lib/adapters/aws/cleanup-starter';
import { cleanupRoutes } from '../../lib/api/cleanup';
import { readEnv } from '../runtime/env';
import { routedHandler } from '../shared/api';
import { lambda } from '../shared/clients/lambda';
import { perOwner } from '../shared/owner-quotas';
import { journal } from '../shared/tables';

const { CLEANER_FUNCTION } = readEnv('CLEANER_FUNCTION');

export const handler = routedHandler(
  cleanupRoutes({
    starter: createCleanupStarter(lambda(), CLEANER_FUNCTION),
    journal: journal(),
    clock: Date.now,
  }).map(perOwner),
);
