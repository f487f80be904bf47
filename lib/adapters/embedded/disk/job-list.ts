import { createKinds } from '../../../core/engine/kinds';
import { createReader } from '../../../core/engine/reader';
import { jobAt } from '../../../core/messages/address';
import { isOver } from '../../../core/model/outcome';
import { present } from '../../../core/model/present';
import type { ListedJob } from '../../../core/ports/registries';
import { jobListing } from '../../../core/projections/listing';
import { memoryConditions } from '../../memory/conditions';
import { createArchivedGraphs } from './archived-graphs';
import { entriesOf } from './entries';
import { readHead } from './journal-head';
import { createFileJournalStore } from './journal-store';
import { showLate } from './late-requests';
import type { Layout } from './layout';
import { pageOf } from './list-page';
import { ownersOf } from './lock';

/** A job of a journal directory. */
export interface JobOfDirectory extends ListedJob {
  /** The process that runs it, where one does. */
  readonly pid?: number;
}

interface Query {
  readonly status?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * The jobs of a directory, whichever processes run or ran them, newest first.
 * @throws RepriseError INPUT_INVALID for a cursor that is none
 */
export async function listJobsOf(
  layout: Layout,
  { status, ...page }: Query,
): Promise<{ readonly jobs: readonly JobOfDirectory[]; readonly cursor?: string }> {
  await showLate(layout);
  const all = (await Promise.all((await entriesOf(layout.jobs)).map((id) => jobIn(layout, id)))).flat();
  const wanted = all.filter((job) => status === undefined || job.status === status);
  const { shown, ...next } = pageOf(
    wanted,
    ({ submittedAt: at, jobId: id }: JobOfDirectory) => ({ at, id }),
    page,
  );
  return { jobs: shown, ...next };
}

/** A folder without a journal is no job. */
async function jobIn(layout: Layout, jobId: string): Promise<JobOfDirectory[]> {
  const pid = ownersOf(layout.job(jobId))[0]?.pid;
  const shown = (await readHead(layout.head(jobId)))?.listing;
  // A process that was killed may have written more than the head says.
  const isSure = shown !== undefined && (pid !== undefined || (shown.kind === 'job' && isOver(shown.status)));
  const listing = isSure ? shown : await folded(layout, jobId);
  if (listing?.kind !== 'job') return [];
  const { kind: _, ...rest } = listing;
  return [{ jobId, ...rest, ...present({ pid }) }];
}

async function folded(layout: Layout, jobId: string) {
  const journal = createFileJournalStore(layout);
  const graphs = createArchivedGraphs(layout);
  const kinds = createKinds({ journal, graphs, conditions: memoryConditions, random: () => 0 });
  const snapshots = { load: async () => undefined };
  const { state } = await createReader({ journal, snapshots }, kinds).view(jobAt(jobId));
  return jobListing.listingOf(state);
}
