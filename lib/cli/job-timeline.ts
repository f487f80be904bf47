import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { hasJournal, jobNotFound } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { type JobTimeline, timelineOf } from '../core/engine/timeline-of';

/** What became of a job of a journal directory; another process may be writing it. @throws RepriseError JOB_NOT_FOUND */
export async function timelineIn(layout: Layout, jobId: string): Promise<JobTimeline> {
  const stores = { journal: createFileJournalStore(layout), graphs: createFileGraphStore(layout.graphs) };
  const found = (await hasJournal(layout, jobId)) ? await timelineOf(stores, jobId) : undefined;
  if (!found) throw jobNotFound(layout, jobId);
  return found;
}
