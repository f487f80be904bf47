import { readEnv } from '../runtime/env';
import { instrumented } from '../runtime/instrumented';
import { count, logger } from '../runtime/telemetry';
import { watchedQueues } from '../shared/dead-letters';
import { messageArchive } from '../shared/objects';
import { inputQueues } from '../shared/queues';
import { reader } from '../shared/readers';
import { letterList } from '../shared/tables';
import { closeGone } from './gone';
import { type Kept, keepQueue } from './keep';

const DAY_MS = 24 * 3_600_000;
/** Left for giving back what is held, in milliseconds. */
const RESERVE_MS = 15_000;

const { ARCHIVE_AFTER_DAYS } = readEnv('ARCHIVE_AFTER_DAYS');
const deps = {
  letters: reader(),
  streams: inputQueues(),
  archive: messageArchive(),
  archiveAfterMs: ARCHIVE_AFTER_DAYS * DAY_MS,
  clock: Date.now,
  log: logger,
};

/** By the clock, or by hand. @returns what each look came to. */
export const handler = instrumented(async (_event: unknown, context): Promise<Kept[]> => {
  const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
  const kept: Kept[] = [];
  for (const queue of watchedQueues()) {
    if (!hasTime()) break;
    try {
      kept.push(await keepQueue({ ...deps, hasTime }, queue));
    } catch (error) {
      // The next DLQ has nothing to do with it.
      logger.error('a DLQ was not looked through', { queue: queue.name, error: error as Error });
    }
  }
  const empty = kept.filter(({ isEmpty, queue }) => isEmpty && queue !== 'redrive').map(({ queue }) => queue);
  const closed = await closeGone({ ...deps, list: letterList() }, new Set(empty));
  const sum = (of: 'parked' | 'archived') => kept.reduce((all, each) => all + each[of], 0);
  count('MessagesParked', sum('parked'));
  count('LettersArchived', sum('archived'));
  logger.info('kept', { queues: kept.filter(({ seen }) => seen > 0), closed });
  return kept;
});
