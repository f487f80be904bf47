import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { count, logger } from '../runtime/telemetry';
import { machineRegistry } from '../shared/machines';
import { graphRecords } from '../shared/tables';
import { collectUnused } from './collect';

const DAY_MS = 24 * 3_600_000;
/** Left for the end of the invocation, in milliseconds. */
const RESERVE_MS = 10_000;

const { MACHINE_UNUSED_DAYS } = readEnv('MACHINE_UNUSED_DAYS');
const deps = { records: graphRecords(), registry: machineRegistry(), log: logger };

export const handler = instrumented(async (_event: unknown, context): Promise<void> => {
  const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
  const collected = await collectUnused({ ...deps, hasTime }, Date.now() - MACHINE_UNUSED_DAYS * DAY_MS);
  count('GraphsCollected', collected.length);
  logger.info('collected', { unusedDays: MACHINE_UNUSED_DAYS, graphs: collected });
});
