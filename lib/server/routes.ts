import { ulid } from 'ulid';
import { getJobRoute } from '../api/get-job';
import { getJobEventsRoute } from '../api/get-job-events';
import { jobCommandRoutes } from '../api/job-commands';
import { listJobsRoute } from '../api/list-jobs';
import type { AnyRoute } from '../api/route';
import { submitJobRoute } from '../api/submit-job';
import { triggerRoutes } from '../api/triggers';
import type { Clock, JournalStore } from '../core/ports/stores';
import type { ServedEngine } from './engine';
import { putEventRoute } from './put-event';

export interface RoutesDeps {
  readonly engine: ServedEngine;
  readonly journal: Pick<JournalStore, 'read'>;
  /** Slots of this machine. */
  readonly slots: number;
  readonly clock: Clock;
}

/** The one pool that a machine is. */
const POOLS = ['default'];

/** The routes of the REST API that an engine on one machine has. */
export function servedRoutes({ engine, journal, slots, clock }: RoutesDeps): readonly AnyRoute[] {
  const { lists, graphs, inbox, triggers } = engine;

  async function offer(event: Parameters<typeof triggers.offer>[0]): Promise<string[]> {
    const views = (await triggers.offer(event)).map((triggerId) => triggers.engine.view(triggerId));
    return (await Promise.all(views)).flatMap(({ state }) => state.definition?.name ?? []).sort();
  }

  return [
    submitJobRoute({
      ...{ graphs, clock, pools: POOLS, newJobId: ulid, isKnown: engine.isKnown },
      requests: { want: async () => undefined },
      // The pool of a machine takes as many jobs as there are.
      admission: async () => undefined,
      submit: ({ jobId, submission, origin }) => engine.submit(jobId, submission, origin),
      onSubmitted: () => undefined,
    }),
    listJobsRoute(lists.jobs),
    getJobRoute({ jobs: { view: engine.view }, slotsOf: async () => slots, clock }),
    getJobEventsRoute({ jobs: lists.jobs, journal }),
    ...jobCommandRoutes({ jobs: lists.jobs, queues: inbox }),
    ...triggerRoutes({
      triggers: triggers.engine,
      list: lists.triggers,
      journal,
      graphs,
      pools: POOLS,
      clock,
    }),
    putEventRoute({ offer, graphs, pools: POOLS, submit: engine.submit, clock }),
  ];
}
