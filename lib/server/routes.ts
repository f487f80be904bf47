import { ulid } from 'ulid';
import { cleanupRoutes } from '../api/cleanup';
import { dependencyRoutes } from '../api/dependencies';
import { explainNode } from '../api/explain-node';
import { getJob } from '../api/get-job';
import { getJobEvents } from '../api/get-job-events';
import { historyRoutes } from '../api/history';
import { jobCommands } from '../api/job-commands';
import { letterRoutes } from '../api/letters';
import { listJobs } from '../api/list-jobs';
import { notificationRoutes } from '../api/notifications';
import { limitedGraphs, sharedGraphs } from '../api/owned-graphs';
import { putEvent } from '../api/put-event';
import { reclassify } from '../api/reclassify';
import { resumeJob } from '../api/resume-job';
import type { Served } from '../api/route';
import { submitJob } from '../api/submit-job';
import { triggerRoutes } from '../api/triggers';
import type { RetryLimits } from '../core/access/retry-limits';
import { triggerAt } from '../core/messages/address';
import type { NamedEvent } from '../core/messages/public-event';
import type { Clock } from '../core/model/time';
import type { CleanupStarter } from '../core/ports/cleanup';
import type { LetterList } from '../core/ports/registries';
import type { JournalStore } from '../core/ports/stores';
import type { ServedEngine } from './engine';

export interface RoutesDeps {
  readonly engine: ServedEngine;
  readonly journal: Pick<JournalStore, 'read' | 'written'>;
  readonly letters: LetterList;
  /** Slots of this machine. */
  readonly slots: number;
  readonly clock: Clock;
  readonly cleaning: CleanupStarter;
  /** What nodes may ask for at most when they are tried again. */
  readonly retryLimits?: RetryLimits;
}

/** The one pool that a machine is. */
const POOLS = ['default'];

/** The routes of the REST API that an engine on one machine has. */
export function servedRoutes({
  engine,
  journal,
  letters,
  slots,
  clock,
  cleaning,
  retryLimits = [],
}: RoutesDeps): readonly Served[] {
  const { lists, streams, triggers } = engine;
  const graphs = limitedGraphs(sharedGraphs(engine.graphs), retryLimits);

  async function offer(event: NamedEvent): Promise<string[]> {
    const views = (await triggers.offer(event)).map((triggerId) => streams.view(triggerAt(triggerId)));
    return (await Promise.all(views)).flatMap(({ state }) => state.definition?.name ?? []).sort();
  }

  return [
    submitJob({
      ...{ graphs, clock, pools: POOLS, newJobId: ulid, isKnown: engine.isKnown },
      requests: { want: async () => undefined },
      // The pool of a machine takes as many jobs as there are.
      admission: async () => undefined,
      submit: ({ jobId, submission, origin }) => engine.submit(jobId, submission, origin),
      onSubmitted: () => undefined,
    }),
    listJobs(lists.jobs),
    getJob({ view: streams.view, slotsOf: async () => slots, clock }),
    explainNode({ view: streams.view, journal }),
    getJobEvents({ jobs: lists.jobs, journal }),
    ...jobCommands({ jobs: lists.jobs, streams }),
    resumeJob({
      ...{ jobs: lists.jobs, streams, journal, graphs: engine.graphs, owned: graphs },
      requests: { want: async () => undefined },
    }),
    reclassify({ jobs: lists.jobs, journal, streams, clock }),
    ...historyRoutes({ history: engine.history, clock }),
    ...triggerRoutes({ streams, list: lists.triggers, journal, graphs, pools: POOLS, clock }),
    ...dependencyRoutes({ streams, list: lists.dependencies }),
    ...notificationRoutes({ streams, config: async () => engine.notifying.rules, clock }),
    ...letterRoutes({ streams, letters }),
    ...cleanupRoutes({ starter: cleaning, journal, clock }),
    putEvent({ offer, graphs, pools: POOLS, submit: engine.submit, clock }),
  ];
}
