import { assertNever, RepriseError } from '../../../core/errors';
import { LIMITS } from '../../../core/limits';
import { addressOf } from '../../../core/messages/address';
import { isOver } from '../../../core/model/outcome';
import type {
  DependencyList,
  JobList,
  ListedDependency,
  ListedJob,
  ListedTrigger,
  TriggerList,
} from '../../../core/ports/registries';
import type { JournalStore } from '../../../core/ports/stores';
import type { JobListing, Listing, TriggerListing } from '../../../core/projections/listing';
import { pageOf } from '../disk/list-page';

export interface LocalLists {
  readonly jobs: JobList;
  /** How many jobs are not over. */
  readonly running: () => number;
  /** Ids of all that is not over, or never is. */
  readonly open: () => Readonly<Record<'jobs' | 'triggers' | 'dependencies', readonly string[]>>;
  readonly triggers: TriggerList;
  readonly dependencies: DependencyList;
  /** Enters what a journal said before this process wrote it. */
  readonly enter: (stream: string, listing: Listing) => void;
  /** A job that is over is gone. */
  readonly forget: (jobId: string) => void;
  /** The journal through which the lists are kept up to date. */
  readonly journal: JournalStore;
}

export interface LocalListsOptions {
  /** Of the jobs that are over, the latest ones are listed. */
  readonly mostOver?: number;
  /** What is kept of a job that is listed no more. */
  readonly find?: (jobId: string) => Promise<Listing | undefined>;
}

const keysOf = (listed: ReadonlyMap<string, unknown>): string[] => [...listed.keys()];

/** The lists of jobs, triggers and dependencies in memory. */
export function createLocalLists(inner: JournalStore, options: LocalListsOptions = {}): LocalLists {
  const { mostOver = LIMITS.listedJobs, find = async () => undefined } = options;
  const open = new Map<string, ListedJob>();
  const over = new Map<string, ListedJob>();
  const triggers = new Map<string, TriggerListing>();
  const dependencies = new Map<string, ListedDependency>();

  function enter(stream: string, listing: Listing): void {
    const { id } = addressOf(stream);
    switch (listing.kind) {
      case 'job':
        enterJob(jobOf(id, listing));
        return;
      case 'trigger':
        if (listing.status === 'deleted') triggers.delete(id);
        else triggers.set(id, listing);
        return;
      case 'dependency': {
        const { kind: _, ...listed } = listing;
        dependencies.set(id, { name: id, ...listed });
        return;
      }
      // Letters are listed from their files, which other processes write too.
      case 'letter':
      // The one pool of a machine is in no list.
      case 'pool':
        return;
      default:
        assertNever(listing, 'listing');
    }
  }

  function enterJob(job: ListedJob): void {
    const [now, before] = isOver(job.status) ? [over, open] : [open, over];
    before.delete(job.jobId);
    now.set(job.jobId, job);
    // Not at each one that ends: to find the oldest, all are looked at.
    if (over.size > mostOver + Math.ceil(mostOver / 10)) trim();
  }

  function trim(): void {
    const latest = [...over.values()].sort((a, b) => b.submittedAt - a.submittedAt);
    for (const { jobId } of latest.slice(mostOver)) over.delete(jobId);
  }

  const jobsOf = (of: Wanted) => [...open.values(), ...over.values()].filter(wanted(of));

  return {
    running: () => open.size,
    open: () => ({ jobs: keysOf(open), triggers: keysOf(triggers), dependencies: keysOf(dependencies) }),
    forget: (jobId) => void over.delete(jobId),
    jobs: {
      async list(query) {
        const { shown, ...next } = pageOf(jobsOf(query), placeOf, query);
        return { jobs: shown, ...next };
      },
      count: async ({ atMost, ...of }) => Math.min(atMost, jobsOf(of).length),
      async get(jobId) {
        const known = open.get(jobId) ?? over.get(jobId);
        if (known) return known;
        const listing = await find(jobId);
        if (listing?.kind === 'job') return jobOf(jobId, listing);
        const message = `no job ${jobId} was submitted here: check the id. One of \`reprise run\` is here once it is over`;
        throw new RepriseError('JOB_NOT_FOUND', message, { context: { jobId } });
      },
    },
    triggers: {
      list: async (owner) => triggersOf(owner, [...triggers.values()]),
    },
    dependencies: {
      list: async () => [...dependencies.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    },
    enter,
    journal: {
      head: (stream) => inner.head(stream),
      read: (stream, fromSeq) => inner.read(stream, fromSeq),
      written: (stream, fromSeq) => inner.written(stream, fromSeq),
      async append(stream, expected, events, listing) {
        await inner.append(stream, expected, events, listing);
        if (listing) enter(stream, listing);
      },
    },
  };
}

function triggersOf(owner: string, triggers: readonly TriggerListing[]): ListedTrigger[] {
  return triggers
    .filter((trigger) => trigger.owner === owner)
    .map(({ name, status, source }) => ({ name, status, source }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function jobOf(jobId: string, { kind: _, ...shown }: JobListing): ListedJob {
  return { jobId, ...shown };
}

interface Wanted {
  readonly owner: string;
  readonly shared?: true;
  readonly status?: string | undefined;
}

const placeOf = ({ submittedAt: at, jobId: id }: ListedJob) => ({ at, id });

function wanted({ owner, shared, status }: Wanted) {
  const isOf = (job: ListedJob) => (shared ? job.sharedWith?.includes(owner) : job.owner === owner);
  return (job: ListedJob) => isOf(job) && (status === undefined || job.status === status);
}
