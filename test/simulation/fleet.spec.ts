import { PRIORITIES } from '../../lib/core/model/priority';
import {
  executionsOf,
  type FleetRecord,
  mixedJobs,
  mixedWorkers,
  runFleet,
  utilisation,
} from '../support/fleet';

const workers = mixedWorkers(12);
const jobs = mixedJobs(60, 20);
const total = jobs.reduce((sum, { graph }) => sum + graph.nodes.length, 0);

describe('a fleet under a backlog', () => {
  let record: FleetRecord;
  beforeAll(async () => {
    record = await runFleet({ workers, jobs });
  });

  it('finishes every job, and runs every node once', () => {
    expect(record.finished.size).toBe(jobs.length);
    const executions = executionsOf(record);
    expect(executions).toHaveLength(total);
    expect(Math.max(...executions)).toBe(1);
  });

  it('keeps nine slots of ten busy while work waits that fits them', () => {
    expect(utilisation(record)).toBeGreaterThanOrEqual(0.9);
  });

  it('finishes the more urgent classes earlier', () => {
    const meanOf = (priority: string) => {
      const ends = jobs
        .filter((job) => job.priority === priority)
        .map(({ jobId }) => record.finished.get(jobId) ?? 0);
      return ends.reduce((sum, end) => sum + end, 0) / ends.length;
    };
    const means = PRIORITIES.map(meanOf);
    expect(means).toEqual(means.toSorted((a, b) => a - b));
  });
});

describe('a fleet that loses a third of its workers half-way', () => {
  it('loses no job and repeats no finished node', async () => {
    const calm = await runFleet({ workers, jobs });
    const half = Math.max(...calm.finished.values()) / 2;
    const deaths = workers.filter((_, i) => i % 3 === 1).map(({ workerId }) => ({ workerId, at: half }));
    const record = await runFleet({ workers, jobs, deaths });
    expect(record.finished.size).toBe(jobs.length);
    // What ran on a dead worker when it died runs again, and nothing else does.
    const lost = record.granted.filter(
      ({ workerId, at, work }) =>
        deaths.some((death) => death.workerId === workerId) && at < half && endOf(work, at) > half,
    );
    const again = executionsOf(record).reduce((sum, runs) => sum + runs - 1, 0);
    expect(again).toBe(lost.length);
    expect(again).toBeGreaterThan(0);
    expect(
      record.granted.some(({ workerId, at }) => at > half && deaths.some((d) => d.workerId === workerId)),
    ).toBe(false);
  });
});

function endOf({ jobId, nodeId }: { jobId: string; nodeId: string }, at: number): number {
  const node = jobs.find((job) => job.jobId === jobId)?.graph.nodes.find(({ id }) => id === nodeId);
  return at + (node?.durationMs ?? 0);
}
