import { createFileLogs } from '../adapters/embedded/disk/attempt-logs';
import type { FileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { createFileLetterList } from '../adapters/embedded/disk/letter-list';
import { createLocalLists } from '../adapters/embedded/runtime/lists';
import { MACHINE_POOL } from '../adapters/embedded/runtime/runnable';
import type { EmbeddedRuntime } from '../adapters/embedded/runtime/runtime';
import { listen } from '../adapters/http/listen';
import { getAttemptLog } from '../api/attempt-log';
import { explainNode } from '../api/explain-node';
import { getJob } from '../api/get-job';
import { getJobEvents } from '../api/get-job-events';
import { jobCommands } from '../api/job-commands';
import { getJobGraph } from '../api/job-graph';
import { letterRoutes } from '../api/letters';
import { listJobs } from '../api/list-jobs';
import { getQueue } from '../api/queues';
import type { Route, Served } from '../api/route';
import { ROUTES } from '../api/routes';
import { SCOPES } from '../core/access/scopes';
import type { Clock } from '../core/model/time';
import { newToken } from './address';
import { createApp } from './app';
import { createChanges } from './changes';
import { builtPage } from './dashboard';

export interface RunPageOptions {
  readonly jobId: string;
  readonly layout: Layout;
  readonly journal: FileJournalStore;
  readonly slots: number;
  readonly owner: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly clock: Clock;
  /** Says what goes wrong and does not end the run. */
  readonly warn: (message: string) => void;
}

/** A page for one run, in its process. */
export interface RunPage {
  /** The journal that the run has to write to, so that the page hears of it. */
  readonly journal: FileJournalStore;
  /** Serves it on this machine alone; answers its link, which lets in whoever has it. @throws RepriseError INPUT_INVALID where the port is taken */
  readonly open: (runtime: EmbeddedRuntime) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** What can be asked of a run while it goes on; the rest is for an engine that stays. */
const COMMANDS: ReadonlySet<Route> = new Set<Route>([ROUTES.cancelJob, ROUTES.pauseJob, ROUTES.unpauseJob]);
const READS: ReadonlySet<Route> = new Set<Route>([ROUTES.listLetters, ROUTES.getLetters]);

export function createRunPage(options: RunPageOptions): RunPage {
  const { jobId, journal, owner, port, warn } = options;
  const lists = createLocalLists(journal);
  const changes = createChanges();
  const heard = changes.heard({ ...journal, append: lists.journal.append });
  let close = async () => {};
  return {
    journal: heard,
    async open(runtime) {
      const token = newToken();
      const app = createApp({
        ...{ routes: routesOf(options, { ...lists, runtime }), token, changes },
        caller: { subject: owner, scopes: [SCOPES.jobs] },
        ...{ dashboard: builtPage('dashboard'), apiPage: builtPage('api') },
        health: async () => ({ running_jobs: lists.running() }),
        onFault: (message) => warn(message),
      });
      const listening = await listen(app, { host: '127.0.0.1', port });
      close = listening.close;
      return `${listening.address}/#token=${token}&to=/jobs/${jobId}`;
    },
    close: () => close(),
  };
}

function routesOf(
  { layout, journal, slots, clock }: RunPageOptions,
  {
    jobs,
    runtime,
  }: Pick<ReturnType<typeof createLocalLists>, 'jobs'> & { readonly runtime: EmbeddedRuntime },
): Served[] {
  const { view } = runtime;
  const letters = createFileLetterList(layout);
  const only = (wanted: ReadonlySet<Route>) => (served: Served) => wanted.has(served.route);
  return [
    listJobs(jobs),
    getJob({ view, slotsOf: async () => slots, clock }),
    explainNode({ view, journal }),
    getJobGraph({ view }),
    getAttemptLog({ jobs, logs: createFileLogs(layout) }),
    getJobEvents({ jobs, journal }),
    getQueue({ view, pools: [MACHINE_POOL], letters }),
    ...letterRoutes({ streams: runtime, letters }).filter(only(READS)),
    ...jobCommands({ jobs, streams: runtime }).filter(only(COMMANDS)),
  ];
}
