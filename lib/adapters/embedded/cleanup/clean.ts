import { type Audit, auditStream, createAudit } from '../../../core/cleanup/audit';
import {
  type Cleaned,
  type CleanupOrder,
  cleanUp,
  dryRun,
  dryRunEvents,
} from '../../../core/cleanup/perform';
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
export function cleanDirectory(options: DirectoryCleanup): Promise<Cleaned> {
  const { layout, clock, log, hasTime } = options;
  const keeper = createFileStorekeeper({ layout, clock });
  return withAudit(options, (audit) => cleanUp({ keeper, audit, clock, hasTime, log }, orderOf(options)));
}

/** Journals what `cleanDirectory` would remove now, and removes nothing. */
export async function reportDirectory(options: DirectoryCleanup): Promise<void> {
  const { layout, clock, retention } = options;
  const planned = await surveyDirectory(layout, clock, retention);
  await withAudit(options, (audit) => audit.note(dryRunEvents(orderOf(options), planned)));
}

const orderOf = ({ run, by, retention }: DirectoryCleanup): CleanupOrder => ({ run, by, retention });

async function withAudit<T>(
  { layout, clock, run, by }: DirectoryCleanup,
  work: (audit: Audit) => Promise<T>,
): Promise<T> {
  const journal = createFileJournalStore(layout);
  try {
    await journal.ownStream(auditStream(clock()));
    return await work(createAudit({ journal, clock, actor: { kind: 'user', id: by }, run }));
  } finally {
    await journal.close();
  }
}

/** What `cleanDirectory` would remove now. Changes nothing. */
export function surveyDirectory(layout: Layout, clock: Clock, retention: Retention): Promise<Cleaned> {
  return dryRun({ keeper: createFileStorekeeper({ layout, clock }), clock }, retention);
}
