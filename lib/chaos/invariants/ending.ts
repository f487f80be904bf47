import { jobAt, poolAt, streamOf } from '../../core/messages/address';
import { isOver } from '../../core/model/outcome';
import { POOL } from '../world/fleet';
import type { Invariant } from './invariant';

export const everyJobEnds: Invariant = {
  name: 'everyJobEnds',
  says: 'Once nothing goes wrong any more, every job comes to its end.',
  async atEnd({ scenario, journal, view }, given) {
    for (const { jobId } of scenario.jobs) {
      if (!journal.streams.has(streamOf(jobAt(jobId)))) {
        given.broken(`${jobId} was never submitted`);
        continue;
      }
      const { state, index } = await view(jobAt(jobId));
      if (isOver(state.status)) continue;
      const stuck = state.nodes.flatMap(({ phase, attempt }, i) =>
        phase === 'final' ? [] : [`${index.graph.nodes[i]?.id ?? `item ${i}`} ${phase} ${attempt}`],
      );
      given.broken(`${jobId} is ${state.status}: ${stuck.join(', ')}`);
    }
  },
};

export const comesToRest: Invariant = {
  name: 'comesToRest',
  says: 'Once nothing goes wrong any more, all comes to rest within two hours and some thousand steps a job, and nothing hangs.',
  atEnd({ isAtRest }, given) {
    if (!isAtRest) given.broken('two hours after the last fault there is still something to do');
  },
};

export const allGivenBack: Invariant = {
  name: 'allGivenBack',
  says: 'When every job is over, every lease, slot, resource, key, place in the queue and admission is given back.',
  async atEnd({ scenario, journal, view }, given) {
    const streams = scenario.jobs.map(({ jobId }) => streamOf(jobAt(jobId)));
    if (
      !journal.streams.has(streamOf(poolAt(POOL))) ||
      streams.some((stream) => !journal.streams.has(stream))
    )
      return;
    const statuses = await Promise.all(
      scenario.jobs.map(async ({ jobId }) => (await view(jobAt(jobId))).state.status),
    );
    if (!statuses.every(isOver)) return;
    const { state } = await view(poolAt(POOL));
    const left = {
      leases: [...state.leases.keys()],
      queued: [...state.queued.keys()],
      lanes: [...state.lanes.keys()],
      held: [...state.held.keys()],
      running: [...state.running.keys()],
      waiting: [...state.admission.waiting.keys()],
      admitted: [...state.admission.running.keys()],
      admittedBy: [...state.admission.runningBy.keys()],
      heldJobs: [...state.heldJobs],
    };
    for (const [what, keys] of Object.entries(left))
      if (keys.length > 0) given.broken(`${what}: ${keys.join(', ')}`);
    for (const { workerId, slots, free, resources = {}, freeResources } of state.workers.values()) {
      if (free !== slots) given.broken(`${workerId} has ${free} of ${slots} slots free`);
      if (JSON.stringify(resources) !== JSON.stringify(freeResources))
        given.broken(`${workerId} has ${JSON.stringify(freeResources)} of ${JSON.stringify(resources)} free`);
    }
  },
};
