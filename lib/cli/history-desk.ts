import { createFileHistory } from '../adapters/embedded/disk/history';
import { createHistoryClient, type HistoryClient } from '../adapters/http/history-client';
import { checkExpiry, quarantineNotFound } from '../api/history';
import { effectivenessBody, flakesBody, quarantineBody } from '../api/views/history';
import type { Clock } from '../core/model/time';
import { askBy, type ConnectOptions } from './connect';
import { currentUser, layoutAt } from './options';

/** Asks the engine of `--api`, or else the files of the journal directory: whether a daemon serves them or not. */
export function consult<T>(
  options: ConnectOptions,
  question: (desk: HistoryClient) => Promise<T>,
): Promise<T> {
  if (options.api !== undefined) return askBy(createHistoryClient, options, question);
  return question(localDesk(options.journal, currentUser(), Date.now));
}

function localDesk(dir: string, owner: string, clock: Clock): HistoryClient {
  const history = createFileHistory(layoutAt(dir));
  return {
    flakes: () => flakesBody(history, owner, clock()),
    // All jobs of a journal directory are one user's.
    effectiveness: ({ slotHourUsd }) => effectivenessBody(history, undefined, slotHourUsd),
    quarantines: async () => (await history.quarantines(owner)).map((each) => quarantineBody(each, clock())),
    async quarantine(id, { expires_at, ...rest }) {
      const now = clock();
      const expiresAt = Date.parse(expires_at);
      checkExpiry(expiresAt, now);
      const entered = { id, ...rest, by: owner, createdAt: now, expiresAt };
      await history.quarantine(owner, entered);
      return quarantineBody(entered, now);
    },
    async unquarantine(id) {
      if (!(await history.unquarantine(owner, id))) throw quarantineNotFound(id);
    },
  };
}
