import { MACHINE_POOL } from '../adapters/embedded/runtime/runnable';
import { memoryConditions } from '../adapters/memory/conditions';
import { compute, newId } from '../adapters/system';
import { getAttemptLog } from '../api/attempt-log';
import { getAudit } from '../api/audit';
import { capacityRoutes } from '../api/capacity';
import { cleanupRoutes } from '../api/cleanup';
import { configRoutes } from '../api/config';
import { dependencyRoutes } from '../api/dependencies';
import { explainNode } from '../api/explain-node';
import { getJob } from '../api/get-job';
import { getJobEvents } from '../api/get-job-events';
import { getStreamEvents } from '../api/get-stream-events';
import { getTrace } from '../api/get-trace';
import { getHealth } from '../api/health';
import { historyRoutes } from '../api/history';
import { jobCommands } from '../api/job-commands';
import { getJobGraph } from '../api/job-graph';
import { jobRecoveries } from '../api/job-recoveries';
import { jobReports } from '../api/job-report';
import { letterRoutes } from '../api/letters';
import { listJobs } from '../api/list-jobs';
import { notificationRoutes } from '../api/notifications';
import { limitedGraphs, type OwnedGraphs, sharedGraphs } from '../api/owned-graphs';
import { predictionRoutes } from '../api/predictions';
import { putEvent } from '../api/put-event';
import { changeQueue, getQueue, listQueues } from '../api/queues';
import { reclassify } from '../api/reclassify';
import { resumeJob } from '../api/resume-job';
import { retryJob } from '../api/retry-job';
import { rollbackJob } from '../api/rollback-job';
import type { Served } from '../api/route';
import { submitJob } from '../api/submit-job';
import { triggerRoutes } from '../api/triggers';
import { type Caller, mayAccess } from '../core/access/scopes';
import { createLoadAnswers } from '../core/capacity/answers';
import type { LiveConfig } from '../core/configuration/live';
import { createKinds } from '../core/engine/kinds';
import type { Health } from '../core/health/health';
import { triggerAt } from '../core/messages/address';
import type { NamedEvent } from '../core/messages/public-event';
import { present } from '../core/model/present';
import type { Clock } from '../core/model/time';
import type { CleanupStarter } from '../core/ports/cleanup';
import type { LetterList } from '../core/ports/registries';
import type { JournalStore } from '../core/ports/stores';
import type { TraceIndex } from '../core/ports/traces';
import type { KeptTests } from '../reports/job-report';
import type { ServedEngine } from './engine';

export interface RoutesDeps {
  readonly engine: ServedEngine;
  readonly journal: Pick<JournalStore, 'read' | 'written'>;
  /** The audit trail, where more than the journal has it. */
  readonly audit?: Pick<JournalStore, 'read'>;
  readonly letters: LetterList;
  readonly traces: TraceIndex;
  /** The tests of attempts that ran here; reports have those that journals name, where it is left out. */
  readonly keptTests?: (jobId: string) => KeptTests;
  /** Slots of this machine. */
  readonly slots: number;
  readonly clock: Clock;
  readonly cleaning: CleanupStarter;
  /** How the engine is; without it, nobody can ask. */
  readonly checkup?: () => Promise<Health>;
  readonly config: LiveConfig;
  /** Graphs as callers see them; all of them everyone's, where it is left out. */
  readonly graphs?: OwnedGraphs;
}

const POOLS = [MACHINE_POOL];

/** The routes of the REST API that an engine on one machine has. */
export function servedRoutes({
  engine,
  journal,
  audit = journal,
  letters,
  traces,
  keptTests,
  slots,
  clock,
  cleaning,
  checkup,
  config,
  graphs: owned = sharedGraphs(engine.graphs),
}: RoutesDeps): readonly Served[] {
  const { lists, streams, triggers } = engine;
  // They fold what was decided, and decide nothing.
  const kinds = createKinds({
    journal,
    graphs: engine.graphs,
    random: Math.random,
    conditions: memoryConditions,
    configuration: config.current,
  });
  const graphs = limitedGraphs(owned, async () => config.current()['retries.limits']);

  async function offer(event: NamedEvent, caller: Caller): Promise<string[]> {
    const views = (await triggers.offer(event)).map((triggerId) => streams.view(triggerAt(triggerId)));
    // Those of others hear it as well; what they are called is theirs.
    return (await Promise.all(views))
      .flatMap(({ state: { owner = '', definition } }) =>
        definition && mayAccess(caller, { owner }) ? definition.name : [],
      )
      .sort();
  }

  return [
    submitJob({
      ...{ graphs, clock, pools: POOLS, newJobId: newId, isKnown: engine.isKnown },
      requests: { want: async () => undefined },
      admission: engine.queue.admission,
      submit: ({ jobId, submission, origin }) => engine.submit(jobId, submission, origin),
    }),
    listJobs(lists.jobs),
    getJob({ view: streams.view, slotsOf: async () => slots, clock }),
    explainNode({ view: streams.view, journal }),
    getJobGraph({ view: streams.view }),
    ...jobRecoveries({ view: streams.view, journal }),
    ...jobReports({ view: streams.view, journal, ...present({ keptTests }) }),
    getAttemptLog({ jobs: lists.jobs, logs: engine.logs }),
    listQueues({ view: streams.view, pools: POOLS }),
    getQueue({ view: streams.view, pools: POOLS, letters }),
    changeQueue({ view: streams.view, pools: POOLS, streams: engine.queue.streams }),
    getJobEvents({ jobs: lists.jobs, journal }),
    getStreamEvents(journal),
    ...jobCommands({ jobs: lists.jobs, streams }),
    retryJob({ jobs: lists.jobs, streams }),
    rollbackJob({ jobs: lists.jobs, streams }),
    resumeJob({
      ...{ jobs: lists.jobs, streams, journal, graphs: engine.graphs, owned: graphs },
      requests: { want: async () => undefined },
    }),
    reclassify({ jobs: lists.jobs, journal, streams, clock }),
    ...historyRoutes({ history: engine.history, clock }),
    ...triggerRoutes({ streams, list: lists.triggers, journal, graphs, pools: POOLS, clock }),
    ...dependencyRoutes({ streams, list: lists.dependencies }),
    ...predictionRoutes({
      ...{ view: streams.view, pools: POOLS, dependencies: lists.dependencies },
      ...{ history: engine.history, clock },
    }),
    ...notificationRoutes({ streams, config: async () => engine.notifying.rules, clock }),
    ...letterRoutes({ streams, letters }),
    ...cleanupRoutes({ starter: cleaning, journal, clock }),
    ...(checkup ? [getHealth(checkup)] : []),
    getTrace({ journal, kinds, index: traces }),
    getAudit({ journal: audit, shards: 1, clock }),
    ...configRoutes({ config }),
    ...capacityRoutes({
      ...{ loads: engine.loads, answers: createLoadAnswers(compute) },
      ...{ view: streams.view, pools: POOLS, clock },
    }),
    putEvent({
      ...{ offer, graphs, pools: POOLS, submit: engine.submit, clock },
      admission: engine.queue.admission,
    }),
  ];
}
