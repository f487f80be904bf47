import { auditStream, createAudit } from '../../../core/cleanup/audit';
import { type Cleaned, type CleanupOrder, cleanUp, dryRun } from '../../../core/cleanup/perform';
import type { Retention } from '../../../core/cleanup/retention';
import type { Clock } from '../../../core/model/time';
import type { Log } from '../../../core/ports/log';
import { createFileJournalStore } from '../disk/journal-store';
import type { Layout } from '../disk/layout';
import { createFileStorekeeper } from './keeper';

export interface DirectoryCleanup extends CleanupOrder {
  readonly layout: Layout;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
  /** Whether to go on with one more. */
  readonly hasTime: () => boolean;
}

/**
 * Removes what is left over in a journal directory. What went is journalled there; one cleanup at a time.
 * @throws RepriseError JOB_LOCKED while another process cleans up.
 */
export async function cleanDirectory(options: DirectoryCleanup): Promise<Cleaned> {
  const { layout, clock, log, hasTime, ...order } = options;
  const journal = createFileJournalStore(layout);
  try {
    await journal.ownStream(auditStream(clock()));
    const actor = { kind: 'user', id: order.by } as const;
    const audit = createAudit({ journal, clock, actor, run: order.run });
    return await cleanUp(
      { keeper: createFileStorekeeper({ layout, clock }), audit, clock, hasTime, log },
      order,
    );
  } finally {
    await journal.close();
  }
}

/** What `cleanDirectory` would remove now. Changes nothing. */
export function surveyDirectory(layout: Layout, clock: Clock, retention: Retention): Promise<Cleaned> {
  return dryRun({ keeper: createFileStorekeeper({ layout, clock }), clock }, retention);
}
