import { exists } from '../adapters/embedded/disk/durable';
import { entriesOf } from '../adapters/embedded/disk/entries';
import { assertJournal } from '../adapters/embedded/disk/journal-check';
import { readHead } from '../adapters/embedded/disk/journal-head';
import type { FileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import {
  loadRunRecord,
  parseRunRecord,
  RUN_RECORD,
  type RunRecord,
  runRecordText,
  saveRunRecord,
} from '../adapters/embedded/disk/run-record';
import { isRepriseError, RepriseError } from '../core/errors';
import { jobAt, streamOf } from '../core/messages/address';
import { isOver } from '../core/model/outcome';
import type { Listing } from '../core/projections/listing';

/** The jobs of a daemon on disk: which are its own, and with which of them it is done. */
export interface JobFiles {
  /** Whether anything is kept of the job. */
  readonly has: (jobId: string) => boolean;
  /** Takes a new job; durable when it resolves. @throws RepriseError JOB_LOCKED */
  readonly begin: (jobId: string, source: string) => Promise<void>;
  /** Takes a job of an earlier daemon. @throws RepriseError JOB_LOCKED, JOURNAL_CORRUPT */
  readonly take: (jobId: string) => Promise<void>;
  /** Takes up again a job of daemons that is over. @throws RepriseError JOB_NOT_FOUND, JOB_LOCKED where its end is not dealt with yet, too */
  readonly reopen: (jobId: string) => Promise<void>;
  /** Gives up a job whose end is dealt with. */
  readonly end: (jobId: string) => Promise<void>;
  /** What lists show of a job that is over, a daemon's or one of `reprise run`, where its head says it. */
  readonly listingOf: (jobId: string) => Promise<Listing | undefined>;
  /** What daemons of this directory left. */
  readonly left: () => Promise<LeftJobs>;
}

export interface LeftJobs {
  /** To go on with, oldest first. */
  readonly open: readonly string[];
  readonly over: readonly OverJob[];
}

export interface OverJob {
  readonly jobId: string;
  /** Undefined where its head does not say. */
  readonly listing: Listing | undefined;
}

export function createJobFiles(
  layout: Layout,
  journal: FileJournalStore,
  template: Omit<RunRecord, 'source' | 'served'>,
): JobFiles {
  return {
    has: (jobId) => exists(layout.job(jobId)),
    async begin(jobId, source) {
      await journal.own(jobId);
      const record = runRecordText({ ...template, source, served: 'open' });
      await journal.keep(streamOf(jobAt(jobId)), RUN_RECORD, record);
    },
    take: (jobId) => journal.own(jobId),
    async reopen(jobId) {
      await journal.show(streamOf(jobAt(jobId)));
      const record = await loadRunRecord(layout, jobId);
      if (record.served === undefined) {
        const message = `job ${jobId} is one of \`reprise run\`: \`reprise\` on its directory goes on with it, without --api`;
        throw new RepriseError('JOB_NOT_FOUND', message, { context: { jobId } });
      }
      if (record.served !== 'over') {
        throw new RepriseError(
          'JOB_LOCKED',
          `job ${jobId} is just ending, or another process runs it: try again`,
        );
      }
      await journal.own(jobId);
      await assertJournal(layout, jobId);
      await saveRunRecord(layout, jobId, { ...record, served: 'open' });
    },
    async end(jobId) {
      const stream = streamOf(jobAt(jobId));
      const record = journal.kept(stream, RUN_RECORD);
      if (record !== undefined) {
        // Nothing of it is in files yet, and no head that says less than this.
        await journal.keep(stream, RUN_RECORD, runRecordText({ ...parseRunRecord(record), served: 'over' }));
        return journal.release(stream);
      }
      // The head first: from then on it is what says how the job ended.
      await journal.release(stream);
      await saveRunRecord(layout, jobId, { ...(await loadRunRecord(layout, jobId)), served: 'over' });
    },
    async listingOf(jobId) {
      await journal.show(streamOf(jobAt(jobId)));
      const served = await servedOf(layout, jobId);
      if (served === 'open') return undefined;
      // Its own process tells of one that runs.
      return endedIn(layout, jobId);
    },
    async left() {
      const open: string[] = [];
      const over: OverJob[] = [];
      for (const jobId of await entriesOf(layout.jobs)) {
        const served = await servedOf(layout, jobId);
        if (served === 'open') open.push(jobId);
        if (served === 'over') over.push({ jobId, listing: await endedIn(layout, jobId) });
      }
      return { open, over };
    },
  };
}

/** What the head of a job shows that is over; one that shows how it ran before does not count. */
async function endedIn(layout: Layout, jobId: string): Promise<Listing | undefined> {
  const { listing } = (await readHead(layout.head(jobId))) ?? {};
  return listing?.kind === 'job' && isOver(listing.status) ? listing : undefined;
}

/** A directory without a record, or with one that nobody can read, holds no job that could be gone on with. */
async function servedOf(layout: Layout, jobId: string): Promise<RunRecord['served']> {
  try {
    return (await loadRunRecord(layout, jobId)).served;
  } catch (error) {
    if (isRepriseError(error)) return undefined;
    throw error;
  }
}
