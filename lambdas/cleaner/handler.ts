import { isRepriseError } from '../../lib/core/errors';
import type { Storekeeper } from '../../lib/core/ports/cleanup';
import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { count, logger } from '../runtime/telemetry';
import { retention, storekeeper } from '../shared/cleanup';
import { effectPorts } from '../shared/ports';
import { journal } from '../shared/tables';
import { clean } from './clean';

/** Left for the removals that are under way, and for what is said of them, in milliseconds. */
const RESERVE_MS = 180_000;

const { survey, remove } = storekeeper();
const keeper: Storekeeper = {
  survey,
  remove: (...of) =>
    remove(...of).catch((error: unknown) => {
      if (isRepriseError(error, 'JOURNAL_CORRUPT')) count('JournalsDamaged');
      throw error;
    }),
};

const deps = {
  keeper,
  journal: journal(),
  publisher: effectPorts().publisher,
  retention: retention(),
  isDry: readEnv('CLEANUP_DRY_RUN').CLEANUP_DRY_RUN === 'on',
  clock: Date.now,
  log: logger,
};

export const handler = instrumented(async (event: unknown, context): Promise<void> => {
  const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
  const { isDry, counts, removed, failed, complete } = await clean(deps, event, {
    id: context.awsRequestId,
    hasTime,
  });
  if (!isDry) {
    count('LeftoversRemoved', removed.length);
    count('LeftoversFailed', failed);
  }
  logger.info(isDry ? 'would clean up' : 'cleaned up', { counts, failed, complete });
});
