import { loadOf } from '../../../core/capacity/load';
import { createPoolRecord } from '../../../core/capacity/load-pool';
import { loadedJob, loadedJobs } from '../../../core/engine/loaded-jobs';
import type { TimelineDeps } from '../../../core/engine/timeline-of';
import { poolAt, streamOf } from '../../../core/messages/address';
import type { LoadSource } from '../../../core/ports/loads';
import type { WorkerRegistry } from '../../../core/ports/registries';
import type { JournalStore } from '../../../core/ports/stores';

export interface LoadSourceDeps extends TimelineDeps {
  readonly journal: Pick<JournalStore, 'read' | 'head'>;
  readonly workers: Pick<WorkerRegistry, 'list'>;
}

/** How much of the journal of a pool is read, of its end: some 20 events a job of a few nodes. */
const LATEST_EVENTS = 20_000;

/**
 * The jobs that joined the queue of a pool lately, its workers as they came and went meanwhile, and its limit and outages. A
 * worker of which that part of the journal does not say that it came was there before.
 */
export function createPoolLoads({ workers, ...stores }: LoadSourceDeps): LoadSource {
  return {
    async load({ pool, jobs: most }) {
      const stream = streamOf(poolAt(pool));
      const { seq } = await stores.journal.head(stream);
      const from = Math.max(1, seq - LATEST_EVENTS + 1);
      const record = createPoolRecord(from === 1 ? [] : await workers.list(pool));
      for await (const event of stores.journal.read(stream, from)) record.apply(event);
      const { jobs: joined, ...means } = record.result();
      const of = { pool, jobIds: joined.slice(-most) };
      return loadOf(await loadedJobs(of, (jobId) => loadedJob(stores, jobId)), means);
    },
  };
}
