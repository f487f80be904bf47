import type { EngineJournal, TriggerStatusIndex } from '../../../core/engine/stream-engine';
import { parseStream } from '../../../core/messages/address';
import { RepriseError } from '../../../core/errors';
import type { JobStatusIndex } from '../../../core/job/events';
import type { JobList, JournalStore, ListedJob, ListedTrigger, TriggerList } from '../../../core/ports/stores';

export interface LocalLists {
  readonly jobs: JobList;
  readonly triggers: TriggerList;
  /** Enters what a journal said before this process wrote it. */
  readonly enterJob: (jobId: string, index: JobStatusIndex) => void;
  readonly enterTrigger: (triggerId: string, index: TriggerStatusIndex) => void;
}

/** The lists of jobs and triggers in memory: a journal that is written through `journal` keeps them up to date. */
export function createLocalLists(inner: JournalStore): LocalLists & { readonly journal: EngineJournal } {
  const jobs = new Map<string, ListedJob>();
  const triggers = new Map<string, TriggerStatusIndex>();
  const enterJob = (jobId: string, index: JobStatusIndex) => void jobs.set(jobId, { jobId, ...index });
  const enterTrigger = (id: string, index: TriggerStatusIndex) => void triggers.set(id, index);
  return {
    jobs: {
      list: async (query) => page([...jobs.values()].filter(wanted(query)), query),
      async get(jobId) {
        const job = jobs.get(jobId);
        if (job) return job;
        const message = `no job ${jobId} was submitted here: check the id`;
        throw new RepriseError('JOB_NOT_FOUND', message, { context: { jobId } });
      },
    },
    triggers: {
      list: async (owner) =>
        [...triggers.values()]
          .filter((trigger) => trigger.owner === owner && trigger.status !== 'deleted')
          .map(({ name, status, source }): ListedTrigger => ({ name, status, source }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
    },
    enterJob,
    enterTrigger,
    journal: {
      head: (stream) => inner.head(stream),
      read: (stream, fromSeq) => inner.read(stream, fromSeq),
      async append(stream, expected, events, index) {
        await inner.append(stream, expected, events, index);
        if (index) enterJob(parseStream(stream).id, index);
      },
      async appendWithStatus(stream, expected, events, status) {
        await inner.append(stream, expected, events);
        if (status.kind === 'trigger') enterTrigger(parseStream(stream).id, status);
      },
    },
  };
}

function wanted({ owner, status }: { readonly owner: string; readonly status?: string | undefined }) {
  return (job: ListedJob) => job.owner === owner && (status === undefined || job.status === status);
}

/** Newest first; of the same millisecond, by id. The cursor is the last job of the page before. */
function page(
  jobs: ListedJob[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
) {
  jobs.sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  const rest = cursor === undefined ? jobs : jobs.filter((job) => keyOf(job) < cursor);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  return { jobs: shown, ...(last && rest.length > limit ? { cursor: keyOf(last) } : {}) };
}

function keyOf({ submittedAt, jobId }: ListedJob): string {
  return `${String(submittedAt).padStart(15, '0')}.${jobId}`;
}
