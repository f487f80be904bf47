import { type Delivery, dependencyAt, jobAt, poolAt } from '../../../../lib/core/messages/address';
import type { JobMessage } from '../../../../lib/core/messages/job';
import { LANES, laneOf } from '../../../../lib/core/messages/lane';
import type { PoolMessage, WorkItem } from '../../../../lib/core/messages/pool';

const by = (kind: 'worker' | 'engine' | 'user', id: string) => ({ actor: { kind, id } as const });
const engine = by('engine', 'job/j1');
const toPool = (message: PoolMessage) => laneOf({ to: poolAt('p'), message }, engine);
const toJob = (message: JobMessage, sender = engine) =>
  laneOf({ to: jobAt('j'), message }, sender as ReturnType<typeof by>);
const work = (jobId: string) => ({ jobId, nodeId: 'n', attempt: 1 }) as WorkItem;

describe('the lane of a message', () => {
  it('is one for all that a job says to its pool, whatever it is about', () => {
    for (const jobId of ['j1', 'j2', 'another-job']) {
      const lanes = [
        toPool({ type: 'workOffered', work: work(jobId) }),
        toPool({ type: 'workWithdrawn', ...work(jobId), reason: 'r' }),
        toPool({ type: 'workReleased', ...work(jobId) }),
        toPool({ type: 'jobQueued', jobId, owner: 'ana', priority: 'low', queuedAt: 1 }),
        toPool({ type: 'jobHeld', jobId }),
        toPool({ type: 'jobOver', jobId }),
      ];
      expect(new Set(lanes).size).toBe(1);
    }
  });

  it('is one for all that a pool hears of a worker, whoever says it', () => {
    const worker = { workerId: 'w1', labels: [], slots: 1 };
    const lanes = [
      toPool({ type: 'workerRegistered', worker }),
      toPool({ type: 'workerDrained', workerId: 'w1' }),
      toPool({ type: 'workerLost', workerId: 'w1', reason: 'r' }),
      toPool({ type: 'workerRestarted', workerId: 'w1', registration: 'r', running: [] }),
      toPool({ type: 'workerCordoned', workerId: 'w1', reason: 'r' }),
      toPool({ type: 'workerUncordoned', workerId: 'w1' }),
    ];
    expect(new Set(lanes).size).toBe(1);
  });

  it('is one for all that a worker says to a job', () => {
    const ref = { nodeId: 'n', attempt: 1 };
    const worker = by('worker', 'w7') as typeof engine;
    const lanes = [
      toJob({ type: 'attemptStarted', ...ref, workerId: 'w7' }, worker),
      toJob({ type: 'attemptProgressed', ...ref, percentage: 5 }, worker),
      toJob({ type: 'attemptSucceeded', ...ref, durationMs: 1, outputs: {} }, worker),
    ];
    expect(new Set(lanes).size).toBe(1);
  });

  it('is the first for what is about a whole stream, and for streams without lanes', () => {
    expect(toPool({ type: 'sweep' })).toBe(0);
    expect(toPool({ type: 'queueChanged', status: 'paused' })).toBe(0);
    expect(toJob({ type: 'cancel', reason: 'r' }, by('user', 'ana') as typeof engine)).toBe(0);
    expect(toJob({ type: 'nodeEntered', nodeId: 'n' })).toBe(0);
    const watched: Delivery = { to: dependencyAt('d'), message: { type: 'watched', pool: 'p' } };
    expect(laneOf(watched, by('worker', 'w7'))).toBe(0);
  });

  it('spreads jobs and workers over all lanes', () => {
    const taken = new Map<number, number>();
    for (let i = 0; i < 100 * LANES.pool; i++) {
      const lane = toPool({ type: 'jobOver', jobId: `job-${i}` });
      taken.set(lane, (taken.get(lane) ?? 0) + 1);
    }
    expect([...taken.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: LANES.pool }, (_, i) => i));
    expect(Math.max(...taken.values())).toBeLessThan(200);
  });
});
