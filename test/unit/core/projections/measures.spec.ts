import type { Graph } from '../../../../lib/core/dag/graph';
import { letterDecider } from '../../../../lib/core/dlq/decider';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import { measureDependency, measureLetters, measurePool } from '../../../../lib/core/projections/measures';
import { ENGINE_METRICS, type Measurement } from '../../../../lib/core/projections/metrics';
import { poolDecider } from '../../../../lib/core/scheduler/decider';
import { graph, node, retrying } from '../../../support/job-driver';
import { createEmbeddedWorld, JOB } from '../../adapters/embedded/runtime/support/embedded-world';
import { MemoryCloud } from '../../lambdas/memory-cloud';

/** How often each series was measured, and what it added up to. */
function counted(measurements: readonly Measurement[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, dimensions, value } of measurements) {
    const series = [name, ...Object.values(dimensions)].join(' ');
    const isCounter = ENGINE_METRICS[name].kind === 'counter';
    counts[series] = (counts[series] ?? 0) + (isCounter ? value : 1);
  }
  return counts;
}

const FLAKY = graph([
  node('build'),
  node('api', { needs: ['build'], ...retrying(3) }),
  node('ui', { needs: ['build'], ...retrying(2) }),
]);

/** `api` fails once, `ui` whenever it runs. */
const succeeds = ({ nodeId, attempt }: { readonly nodeId: string; readonly attempt: number }) =>
  nodeId === 'build' || (nodeId === 'api' && attempt > 1);

async function onAws(of: Graph): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  const onMeasured = (more: readonly Measurement[]) => void measurements.push(...more);
  const cloud = new MemoryCloud({ graph: of, fastPath: true, succeeds, onMeasured });
  await cloud.submit(2);
  await cloud.run();
  expect(await cloud.status()).toBe('failed');
  return measurements;
}

async function embedded(of: Graph): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  const world = createEmbeddedWorld((ref) =>
    succeeds(ref) ? { ms: 5, end: 'succeeded' } : { ms: 5, end: 'failed' },
  );
  const runtime = world.boot({ onMeasured: (more) => void measurements.push(...more) });
  await runtime.submit(JOB, { graph: of, owner: 'ana', priority: 'normal' });
  await world.toEnd(runtime);
  return measurements;
}

describe('what a job says in numbers', () => {
  it('is the same in both runtimes', async () => {
    const here = counted(await embedded(FLAKY));
    expect(here).toMatchObject({
      ...{ 'JobsSubmitted normal': 1, 'JobsEnded failed': 1, 'JobQueueWait normal': 1, JobCost: 1 },
      ...{ 'NodesEnded succeeded': 2, 'NodesEnded failed': 1 },
      ...{ 'RetriedNodesEnded succeeded': 1, 'RetriedNodesEnded failed': 1 },
      ...{ 'AttemptsEnded succeeded': 2, 'AttemptsEnded failed': 3 },
      ...{ SchedulingDelay: 5, 'DispatchLatency normal': 5, 'AttemptDuration failed': 3 },
    });
    expect(counted(await onAws(FLAKY))).toEqual(here);
  });

  it('names every dimension of the catalogue, with one of its values, and no value below zero', async () => {
    for (const { name, dimensions, value } of await embedded(FLAKY)) {
      const allowed: Readonly<Record<string, readonly string[] | 'named'>> =
        ENGINE_METRICS[name].dimensions ?? {};
      expect(Object.keys(dimensions)).toEqual(Object.keys(allowed));
      for (const [dimension, given] of Object.entries(dimensions))
        expect(allowed[dimension]).toContain(given);
      expect(value).toBeGreaterThanOrEqual(0);
    }
  });
});

const recorded = (type: string, data: object, at = 10_000) => ({ type, data, at }) as Recorded as never;
const ref = { jobId: 'j', nodeId: 'n', attempt: 1 };

describe('what a pool says in numbers', () => {
  it('is how late a lease was found to have run out, and of no other that was revoked', () => {
    const state = poolDecider.initial();
    state.leases.set('j/n/1', { expiresAt: 7_500 } as never);
    const revoked = { ...ref, workerId: 'w', reason: 'r' };
    expect(measurePool(state, recorded('lease.revoked', { ...revoked, cause: 'leaseExpired' }))).toEqual([
      { name: 'LeaseOverrun', value: 2.5, dimensions: {} },
    ]);
    expect(measurePool(state, recorded('lease.revoked', { ...revoked, cause: 'workerLost' }))).toEqual([]);
  });

  it('is no less than nothing where the clock of a job is ahead', () => {
    const queued = recorded('work.queued', { ...ref, readyAt: 12_000 });
    expect(measurePool(poolDecider.initial(), queued)).toEqual([
      { name: 'SchedulingDelay', value: 0, dimensions: {} },
    ]);
  });
});

describe('what a breaker says in numbers', () => {
  it.each([
    ['dependency.opened', {}, 'open'],
    ['dependency.halfOpened', {}, 'halfOpen'],
    ['dependency.closed', {}, 'closed'],
    ['dependency.reset', {}, 'closed'],
    ['dependency.forced', { status: 'open' }, 'open'],
  ])('is what it became by %s', (type, data, status) => {
    expect(measureDependency(undefined, recorded(type, data))).toEqual([
      { name: 'BreakerChanges', value: 1, dimensions: { status } },
    ]);
  });

  it('is nothing where it stays as it is', () => {
    expect(measureDependency(undefined, recorded('dependency.observed', { ok: true }))).toEqual([]);
  });
});

describe('what letters say in numbers', () => {
  it('is by kind what was parked, again too, and in all what was redriven and resolved', () => {
    const state = letterDecider.initial();
    state.letters.set('l1', { kind: 'rollback' } as never);
    const said = [
      recorded('letter.parked', { letter: { kind: 'node' }, seq: 1 }),
      recorded('letter.reopened', { letterId: 'l1', seq: 2, round: 2, why: 'w' }),
      recorded('letter.redriven', { orderId: 'o', letters: ['l1', 'l2'], reason: 'r' }),
      recorded('letter.resolved', { letters: ['l1'], how: 'skipped' }),
      recorded('letter.noted', { text: 't', by: 'ana' }),
    ].flatMap((event) => measureLetters(state, event));
    expect(counted(said)).toEqual({
      ...{ 'LettersParked node': 1, 'LettersParked rollback': 1, LettersRedriven: 2, LettersResolved: 1 },
    });
  });
});
