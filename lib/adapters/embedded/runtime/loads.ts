import { dependenciesOf, loadOf } from '../../../core/capacity/load';
import { outagesOf } from '../../../core/capacity/load-pool';
import { loadedJobs } from '../../../core/engine/loaded-jobs';
import type { Recorded } from '../../../core/journal/envelope';
import { dependencyAt, streamOf } from '../../../core/messages/address';
import type { LoadSource } from '../../../core/ports/loads';
import type { JournalStore } from '../../../core/ports/stores';
import { initialAdmission } from '../../../core/scheduler/admission';
import { statOf } from '../cleanup/files';
import { entriesOf } from '../disk/entries';
import { createFileGraphStore } from '../disk/graph-store';
import { showLate } from '../disk/late-requests';
import type { Layout } from '../disk/layout';
import { loadRunRecord } from '../disk/run-record';
import { localWorker } from './runnable';

/**
 * The jobs of a journal directory. The machine counts as the one worker of its pool, as large as the largest of these jobs
 * was given: several processes that ran at once each had their own.
 */
export function createFileLoads(layout: Layout, journal: Pick<JournalStore, 'read'>): LoadSource {
  const stores = { journal, graphs: createFileGraphStore(layout.graphs) };
  return {
    async load({ pool, jobs: most }) {
      const jobs = await loadedJobs(stores, { pool, jobIds: await latestJobs(layout, most) });
      const machines = await Promise.all(
        jobs.map(({ jobId }) => loadRunRecord(layout, jobId).catch(() => undefined)),
      );
      const known = machines.flatMap((machine) => machine ?? []);
      const largest = known.reduce((a, b) => (b.slots > a.slots ? b : a), known[0] ?? { slots: 1 });
      const outages = await Promise.all(dependenciesOf(jobs).map((name) => outagesIn(layout, journal, name)));
      return loadOf(jobs, {
        workers: [localWorker(largest)],
        ...{ maxRunningJobs: initialAdmission().maxRunningJobs, outages: outages.flat() },
      });
    },
  };
}

/** The journals that were written last. */
async function latestJobs(layout: Layout, most: number): Promise<string[]> {
  await showLate(layout);
  const written = await Promise.all(
    (await entriesOf(layout.jobs)).map(async (jobId) => {
      const stat = await statOf(layout.journal(jobId));
      return { jobId, at: stat?.mtimeMs ?? 0 };
    }),
  );
  return written
    .filter(({ at }) => at > 0)
    .sort((a, b) => b.at - a.at)
    .slice(0, most)
    .map(({ jobId }) => jobId);
}

async function outagesIn(layout: Layout, journal: Pick<JournalStore, 'read'>, name: string) {
  const stream = streamOf(dependencyAt(name));
  // Only a daemon keeps what becomes of dependencies.
  if ((await statOf(layout.stream(stream).journal)) === undefined) return [];
  const events: Recorded[] = [];
  for await (const event of journal.read(stream)) events.push(event);
  return outagesOf(name, events);
}
