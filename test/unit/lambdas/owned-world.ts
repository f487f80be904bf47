import { routedHandler } from '../../../lambdas/runtime/routed';
import { memoryConditions } from '../../../lib/adapters/memory/conditions';
import { createMemoryHistory } from '../../../lib/adapters/memory/history';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { getAttemptLog } from '../../../lib/api/attempt-log';
import { explainNode } from '../../../lib/api/explain-node';
import { getJob } from '../../../lib/api/get-job';
import { getJobEvents } from '../../../lib/api/get-job-events';
import { getStreamEvents } from '../../../lib/api/get-stream-events';
import { getTrace } from '../../../lib/api/get-trace';
import { getGraph } from '../../../lib/api/graphs';
import { historyRoutes } from '../../../lib/api/history';
import { jobCommands } from '../../../lib/api/job-commands';
import { getJobGraph } from '../../../lib/api/job-graph';
import { jobRecoveries } from '../../../lib/api/job-recoveries';
import { jobReports } from '../../../lib/api/job-report';
import { letterRoutes } from '../../../lib/api/letters';
import { sharedGraphs } from '../../../lib/api/owned-graphs';
import { changeQueue, getQueue, listQueues } from '../../../lib/api/queues';
import { reclassify } from '../../../lib/api/reclassify';
import { resumeJob } from '../../../lib/api/resume-job';
import { retryJob } from '../../../lib/api/retry-job';
import { rollbackJob } from '../../../lib/api/rollback-job';
import type { Served } from '../../../lib/api/route';
import { triggerRoutes } from '../../../lib/api/triggers';
import { attemptCallbacks, heartbeat, workerCommands } from '../../../lib/api/workers';
import { askerOf } from '../../../lib/core/engine/asker';
import { createEngine } from '../../../lib/core/engine/engine';
import { createKinds } from '../../../lib/core/engine/kinds';
import { RepriseError } from '../../../lib/core/errors';
import { letterAt, triggerAt } from '../../../lib/core/messages/address';
import type { NodeAttempt } from '../../../lib/core/model/attempt';
import { triggerIdOf } from '../../../lib/core/trigger/id';
import { graph, node } from '../../support/job-driver';
import { GROUP, letterOf } from '../../support/letter-driver';
import { definition } from '../../support/trigger-driver';
import { HASH, registryWorld } from '../adapters/aws/machines/registry-world';
import { LISTED } from './listed-job';
import { MemoryCloud } from './memory-cloud';
import { memoryOwners } from './owners';

export const SECRET = 'secret';
export const ANAS = 'a'.repeat(16);

/** A deployment in which ana has a job, a trigger, a graph, a quarantine and a letter, and the subject `fleet` has a worker. */
export async function ownedWorld(listed = LISTED) {
  const cloud = new MemoryCloud({ graph: graph([node('a')]), fastPath: true });
  await cloud.submit(2);
  await cloud.run();
  const { registry, records } = registryWorld();
  const owners = memoryOwners();
  await owners.claim(HASH, 'ana', 1);

  const history = createMemoryHistory();
  await history.quarantine('ana', {
    ...{ id: ANAS, of: 'test', name: 'x', owner: 'team', reason: 'r', by: 'ana', createdAt: 1, expiresAt: 9 },
  });

  const journal = createMemoryJournalStore();
  const stored = { get: async () => graph([node('a')]), put: async () => {} };
  const random = () => 0.5;
  const clock = () => 5;
  const kinds = createKinds({ conditions: memoryConditions, journal, graphs: stored, random });
  const triggers = askerOf(createEngine({ journal, random, clock, perform: async () => {} }, kinds));
  await triggers.ask(
    {
      to: triggerAt(triggerIdOf('ana', 'nightly')),
      message: { type: 'set', owner: 'ana', definition: definition() },
    },
    { id: 'set', actor: { kind: 'user', id: 'ana' } },
  );

  const parked = { type: 'park' as const, letter: letterOf('a'), seq: 1 };
  await triggers.ask(
    { to: letterAt(GROUP), message: parked },
    { id: 'park', actor: { kind: 'engine', id: 'job/j' } },
  );

  const cloudKinds = createKinds({
    conditions: memoryConditions,
    journal: cloud.journal,
    graphs: stored,
    random,
  });

  const told: unknown[] = [];
  const streams = { send: async (delivery: unknown) => void told.push(delivery) };
  const jobs = {
    get: async (jobId: string) => {
      if (jobId === 'j') return listed;
      throw new RepriseError('JOB_NOT_FOUND', `no job ${jobId} in this table`);
    },
  };
  const workers = {
    heartbeat: async (_pool: string, workerId: string, { subject }: { subject: string }) =>
      workerId === 'w1' && subject === 'fleet'
        ? { workerId, labels: [], slots: 1, lastSeenAt: 1, running: 0 }
        : undefined,
  };
  const wrote = ({ nodeId, attempt }: NodeAttempt) =>
    nodeId === 'a' && attempt === 1 ? { text: '', next: 0, size: 0 } : undefined;
  const pools = ['default'];
  const served: readonly Served[] = [
    getJob({ view: askerOf(cloud.engine).view, slotsOf: async () => 1, clock }),
    explainNode({ view: askerOf(cloud.engine).view, journal: cloud.journal }),
    ...jobRecoveries({ view: askerOf(cloud.engine).view, journal: cloud.journal }),
    ...jobReports({ view: askerOf(cloud.engine).view, journal: cloud.journal }),
    getJobEvents({ jobs, journal: cloud.journal }),
    getStreamEvents(cloud.journal),
    getJobGraph({ view: askerOf(cloud.engine).view }),
    getAttemptLog({ jobs, logs: { read: async (of) => wrote(of) } }),
    getTrace({ journal: cloud.journal, kinds: cloudKinds, index: { places: async () => [] } }),
    ...jobCommands({ jobs, streams }),
    retryJob({ jobs, streams: { ...streams, view: askerOf(cloud.engine).view } }),
    rollbackJob({ jobs, streams: { ...streams, view: askerOf(cloud.engine).view } }),
    resumeJob({
      ...{ jobs, journal: cloud.journal, graphs: stored, owned: sharedGraphs(stored) },
      streams: { ...streams, view: askerOf(cloud.engine).view },
      requests: { want: async (hash) => void told.push(hash) },
    }),
    reclassify({ jobs, streams, journal: cloud.journal, clock }),
    ...historyRoutes({ history, clock }),
    getGraph({ registry, records, owners }),
    getQueue({
      ...{ view: askerOf(cloud.engine).view, pools, maxWaitingJobs: 5 },
      letters: { list: async () => ({ groups: [] }) },
    }),
    changeQueue({ streams, pools, view: askerOf(cloud.engine).view }),
    listQueues({ view: askerOf(cloud.engine).view, pools }),
    ...triggerRoutes({
      ...{ streams: triggers, list: { list: async () => [] }, journal, pools, clock },
      graphs: sharedGraphs(stored),
    }),
    ...letterRoutes({ streams: triggers, letters: { list: async () => ({ groups: [] }) } }),
    heartbeat({ workers, streams, clock }),
    ...workerCommands({ streams, pools }),
    ...attemptCallbacks({ streams, secret: async () => SECRET, onAccepted: () => {} }),
  ];
  return { served, handler: routedHandler(served), told, cloud, streams: triggers };
}
