import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import { dependenciesOf, type Load, type LoadJob, loadOf } from '../../../core/capacity/load';
import { outagesOf } from '../../../core/capacity/load-pool';
import { loadedJob, loadedJobs, type PooledJob } from '../../../core/engine/loaded-jobs';
import { LIMITS } from '../../../core/limits';
import { addressOf, dependencyAt, jobAt, streamOf } from '../../../core/messages/address';
import { collected } from '../../../core/model/collected';
import type { LoadSource } from '../../../core/ports/loads';
import type { GraphStore, JournalStore } from '../../../core/ports/stores';
import { initialAdmission } from '../../../core/scheduler/admission';
import { statOf } from '../cleanup/files';
import { createFileGraphStore } from '../disk/graph-store';
import type { FileJournalStore } from '../disk/journal-store';
import type { Layout } from '../disk/layout';
import { type MarkedStream, readOnce } from '../disk/marks';
import { loadRunRecord, parseRunRecord, RUN_RECORD, type RunRecord } from '../disk/run-record';
import { localWorker } from './runnable';

/** Journals of a directory, those of other processes too. */
type FileJournal = Pick<FileJournalStore, 'read' | 'marks' | 'kept'>;

interface ReadJob {
  /** Undefined of a job that is not over. */
  readonly found: PooledJob | undefined;
  /** What the machine gave to it; undefined where nobody can tell. */
  readonly machine: Pick<RunRecord, 'slots' | 'resources'> | undefined;
}

/** Loads that are told again as the same value, while they are: one for each question of a person or a page. */
const HELD_LOADS = 8;

/**
 * The jobs of a journal directory. The machine counts as the one worker of its pool, as large as the largest of these jobs
 * was given: several processes that ran at once each had their own. What was read of a job is held until its journal grows, and a
 * load in which nothing has changed is the same value as before.
 */
export function createFileLoads(
  layout: Layout,
  journal: FileJournal,
  graphs: Pick<GraphStore, 'get'> = createFileGraphStore(layout.graphs),
): LoadSource {
  const stores = { journal, graphs };
  const told = new LRUCache<string, Load>({ max: HELD_LOADS });

  async function readJob(stream: string): Promise<ReadJob> {
    const { id: jobId } = addressOf(stream);
    const found = await loadedJob(stores, jobId);
    return { found, machine: await machineOf(layout, journal, jobId).catch(() => undefined) };
  }
  const read = readOnce(readJob, {
    maxSize: LIMITS.heldLoadNodes,
    sizeOf: ({ found }) => Math.max(1, found?.job.nodes.length ?? 0),
  });

  return {
    async load({ pool, jobs: most }) {
      const marks = latestOf(await journal.marks('job'), most);
      const machines = new Map<LoadJob, ReadJob['machine']>();
      const jobs = await loadedJobs({ pool, jobIds: [...marks.keys()] }, async (jobId) => {
        const { found, machine } = await read(streamOf(jobAt(jobId)), marks.get(jobId) as number);
        if (found) machines.set(found.job, machine);
        return found;
      });
      const known = jobs.flatMap((job) => machines.get(job) ?? []);
      const largest = known.reduce((a, b) => (b.slots > a.slots ? b : a), known[0] ?? { slots: 1 });
      const outages = await Promise.all(dependenciesOf(jobs).map((name) => outagesIn(layout, journal, name)));
      const now = loadOf(jobs, {
        workers: [localWorker(largest)],
        ...{ maxRunningJobs: initialAdmission().maxRunningJobs, outages: outages.flat() },
      });
      const question = JSON.stringify([pool, most]);
      const before = told.get(question);
      if (before && isSame(before, now)) return before;
      told.set(question, now);
      return now;
    },
  };
}

/** Jobs that were read once are the same values. */
function isSame({ jobs, ...means }: Load, { jobs: others, ...otherMeans }: Load): boolean {
  const areSame = jobs.length === others.length && jobs.every((job, i) => job === others[i]);
  return areSame && isDeepStrictEqual(means, otherMeans);
}

/** The marks of the jobs that were written last. */
function latestOf(marked: readonly MarkedStream[], most: number): ReadonlyMap<string, number> {
  const latest = marked.toSorted((a, b) => b.at - a.at || (a.stream < b.stream ? -1 : 1)).slice(0, most);
  return new Map(latest.map(({ stream, mark }) => [addressOf(stream).id, mark]));
}

/** What a job was given, in its file or, of a job that has none yet, beside its journal. */
async function machineOf(layout: Layout, { kept }: FileJournal, jobId: string): Promise<ReadJob['machine']> {
  const text = kept(streamOf(jobAt(jobId)), RUN_RECORD);
  return text === undefined ? loadRunRecord(layout, jobId) : parseRunRecord(text);
}

async function outagesIn(layout: Layout, journal: Pick<JournalStore, 'read'>, name: string) {
  const stream = streamOf(dependencyAt(name));
  // Only a daemon keeps what becomes of dependencies.
  if ((await statOf(layout.stream(stream).journal)) === undefined) return [];
  return outagesOf(name, await collected(journal.read(stream)));
}
