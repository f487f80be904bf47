import fc from 'fast-check';
import { DEPENDENCY_STATUSES } from '../../../lib/core/messages/dependency';
import type { PoolMessage, Worker, WorkItem } from '../../../lib/core/messages/pool';
import type { AttemptRef } from '../../../lib/core/model/attempt';
import { attemptKey } from '../../../lib/core/model/attempt';
import { FAILURE_CLASSES } from '../../../lib/core/model/failure';
import { PRIORITIES } from '../../../lib/core/model/priority';
import { TRIALS } from '../../../lib/core/scheduler/cordon';
import { poolDecider } from '../../../lib/core/scheduler/decider';
import { AVOID_MS } from '../../../lib/core/scheduler/draft';
import type { PoolEvent } from '../../../lib/core/scheduler/events';
import { fits } from '../../../lib/core/scheduler/fit';
import { shareOf } from '../../../lib/core/scheduler/lanes';
import { classOf } from '../../../lib/core/scheduler/order';
import { freezePool, thawPool } from '../../../lib/core/scheduler/snapshot';
import type { PoolState } from '../../../lib/core/scheduler/state';

const LABELS = ['linux', 'chromium', 'gpu'];
const DEPENDENCIES = ['payments', 'mail'];
const ref = {
  jobId: fc.constantFrom('j1', 'j2'),
  nodeId: fc.constantFrom('a', 'b', 'c', 'd'),
  attempt: fc.integer({ min: 1, max: 2 }),
};
const workerId = fc.constantFrom('w1', 'w2', 'w3');
const registration = fc.constantFrom('r1', 'r2', 'r3');

const message: fc.Arbitrary<PoolMessage> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        ...ref,
        owner: fc.constantFrom('ana', 'ben', 'cleo'),
        labels: fc.subarray(LABELS),
        slots: fc.integer({ min: 1, max: 3 }),
        priority: fc.constantFrom(...PRIORITIES),
        rank: fc.nat(3),
        // Long ago, or just now.
        readyAt: fc.oneof(fc.nat(3), fc.constant(-AVOID_MS)),
        avoid: fc.subarray(['w1', 'w2'], { minLength: 0 }),
        dependencies: fc.subarray(DEPENDENCIES, { maxLength: 1 }),
      })
      .map(({ avoid, ...work }) => ({
        type: 'workOffered' as const,
        work: {
          ...work,
          ...(avoid.length > 0 && { avoid }),
          graphHash: 'h',
          nodeHash: work.nodeId.repeat(16),
          timeoutMs: 100_000,
          traceId: 't',
        },
      })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        ...ref,
        durationMs: fc.constantFrom(1_000, 90_000),
        failed: fc.option(fc.constantFrom(...FAILURE_CLASSES), { nil: undefined }),
        isToldHow: fc.boolean(),
      })
      .map(({ durationMs, failed, isToldHow, ...rest }) => ({
        ...{ type: 'workReleased' as const, ...rest },
        ...(isToldHow && { ended: { durationMs, ...(failed && { failed }) } }),
      })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('workWithdrawn' as const), ...ref, reason: fc.constant('x') }),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        ...{ workerId, labels: fc.subarray(LABELS), slots: fc.integer({ min: 1, max: 4 }) },
        registration,
      })
      .map((worker) => ({
        type: 'workerRegistered' as const,
        worker: { ...worker, endpoint: `http://${worker.workerId}` },
      })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ type: fc.constant('workerRestarted' as const), workerId, registration },
      running: fc.array(fc.record(ref), { maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('workerDrained' as const), workerId }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('workerLost' as const), workerId, reason: fc.constant('x') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('workerCordoned' as const),
      workerId,
      reason: fc.constant('x'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('workerUncordoned' as const), workerId }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('dispatchFailed' as const),
      ...ref,
      workerId,
      reason: fc.constant('x'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'sweep' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('dependencyChanged' as const),
      dependency: fc.constantFrom(...DEPENDENCIES),
      version: fc.nat(20),
      status: fc.constantFrom(...DEPENDENCY_STATUSES),
      probes: fc.integer({ min: 1, max: 2 }),
    }),
  },
);

function couldGoElsewhere({ workers, cordons }: PoolState, work: WorkItem): boolean {
  return [...workers.values()].some(
    (worker) =>
      worker.status === 'active' &&
      !cordons.cordoned.has(worker.workerId) &&
      !work.avoid?.includes(worker.workerId) &&
      fits(worker, work),
  );
}

/** Plays messages, each `gap` ms after the one before, assigning after each; `check` sees every state. */
function play(messages: readonly PoolMessage[], check: (state: PoolState) => void = () => {}, gap = 30_000) {
  const state = poolDecider.initial();
  const events: { event: PoolEvent; at: number }[] = [];
  messages.forEach((m, i) => {
    const at = i * gap;
    for (const input of [
      { ...m, at },
      { type: 'assign' as const, at },
    ]) {
      for (const event of poolDecider.decide(state, input)) {
        poolDecider.evolve(state, event, at);
        events.push({ event, at });
      }
    }
    check(state);
  });
  return { state, events };
}

const item = (nodeId: string, rest: Partial<WorkItem> = {}): WorkItem => ({
  ...{ jobId: 'j1', nodeId, attempt: 1, graphHash: 'h', owner: 'ana', labels: [], slots: 1 },
  ...{ priority: 'normal', rank: 1, timeoutMs: 100_000, readyAt: 0, traceId: 't', ...rest },
});

const messages = fc.array(message, { maxLength: 80 });

const some = fc.record({ nodeId: fc.constantFrom(...'abcdefgh'), attempt: fc.integer({ min: 1, max: 3 }) });
/** Of workers of which one process takes the place of another, and the work that they are given. */
const ofRestarts: fc.Arbitrary<PoolMessage> = fc.oneof(
  { weight: 3, arbitrary: some.map((work) => ({ type: 'workOffered', work: item(work.nodeId, work) })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ workerId, registration })
      .map((of) => ({ type: 'workerRegistered', worker: { ...of, labels: [], slots: 3 } })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ workerId, registration, left: fc.array(some, { maxLength: 3 }) })
      .map(({ left, ...of }) => ({
        ...{ type: 'workerRestarted', ...of },
        running: left.map((each) => ({ jobId: 'j1', ...each })),
      })),
  },
) as fc.Arbitrary<PoolMessage>;

const jobId = fc.constantFrom('j1', 'j2', 'j3', 'j4', 'j5');
const priority = fc.constantFrom(...PRIORITIES);
const version = fc.option(fc.nat(9), { nil: undefined });
/** Of the queue of jobs. */
const ofQueue: fc.Arbitrary<PoolMessage> = fc.oneof(
  fc
    .record({ jobId, owner: fc.constantFrom('ana', 'ben'), priority, queuedAt: fc.nat(3) })
    .map((job) => ({ type: 'jobQueued' as const, ...job })),
  fc.record({ type: fc.constant('jobReprioritised' as const), jobId, priority, version }),
  fc.record({ type: fc.constant('jobOver' as const), jobId, version }),
  fc.record({ type: fc.constantFrom('jobHeld' as const, 'jobUnheld' as const), jobId, version }),
  fc.record({
    type: fc.constant('capacityReviewed' as const),
    findings: fc.constantFrom(
      ...[1, 3, 9].map((found) => [{ condition: 'waits' as const, found, limit: 4 }]),
    ),
  }),
  fc.record({ type: fc.constant('queueLimited' as const), maxRunningJobs: fc.integer({ min: 1, max: 4 }) }),
) as fc.Arbitrary<PoolMessage>;

describe('any pool, whatever arrives in whatever order', () => {
  it('never gives a node more than its slots, nor work that it does not fit', () => {
    fc.assert(
      fc.property(messages, (all) => {
        play(all, (state) => {
          for (const worker of state.workers.values()) {
            const leases = [...state.leases.values()].filter((lease) => lease.workerId === worker.workerId);
            const used = leases.reduce((sum, lease) => sum + lease.work.slots, 0);
            expect(worker.free).toBe(worker.slots - used);
          }
        });
        const registered = new Map<string, Pick<Worker, 'labels' | 'slots' | 'resources'>>();
        const offered = new Map<string, Pick<WorkItem, 'labels' | 'slots' | 'resources'>>();
        for (const { event } of play(all).events) {
          const key =
            'nodeId' in event.data ? `${event.data.jobId}/${event.data.nodeId}/${event.data.attempt}` : '';
          if (event.type === 'worker.registered') registered.set(event.data.workerId, event.data);
          if (event.type === 'work.queued') offered.set(key, event.data);
          if (event.type !== 'lease.granted') continue;
          const [worker, work] = [registered.get(event.data.workerId), offered.get(key)];
          expect(worker && work && fits(worker, work)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('holds every attempt once: queued or leased, not both', () => {
    fc.assert(
      fc.property(messages, (all) => {
        play(all, (state) => {
          const inLanes = [...state.lanes.values()].reduce((sum, lane) => sum + lane.ranked.length, 0);
          expect(inLanes).toBe(state.queued.size);
          for (const key of state.queued.keys()) expect(state.leases.has(key)).toBe(false);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('leaves no work waiting that some open node could take', () => {
    fc.assert(
      fc.property(messages, (all) => {
        play(
          all,
          (state) => {
            for (const work of state.queued.values()) {
              const taker = [...state.workers.values()].find(
                (worker) =>
                  worker.status === 'active' &&
                  !state.cordons.cordoned.has(worker.workerId) &&
                  worker.free >= work.slots &&
                  fits(worker, work) &&
                  // It may wait for a worker that it need not avoid; not for long, and not for one that is not there.
                  !(
                    work.avoid?.includes(worker.workerId) &&
                    work.readyAt >= 0 &&
                    couldGoElsewhere(state, work)
                  ),
              );
              if (!isHeldBack(state, work)) expect(taker).toBeUndefined();
            }
            // Close in time: no reservation keeps a node free.
          },
          100,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('gives work to a worker that it avoids only where no other could take it, or none has for a while', () => {
    const some = fc.subarray(['w1', 'w2', 'w3', 'w4'], { minLength: 1 });
    fc.assert(
      fc.property(some, some, some, fc.nat(2 * AVOID_MS), (ids, avoid, busy, wait) => {
        const filler = (id: string): PoolMessage => ({ type: 'workOffered', work: item(`on-${id}`) });
        // One worker after the other, the busy ones first, so that each filler finds its own.
        const order = [...ids].sort((a, b) => Number(busy.includes(b)) - Number(busy.includes(a)));
        const setUp = order.flatMap((id): PoolMessage[] => [
          { type: 'workerRegistered', worker: { workerId: id, labels: [], slots: 1 } },
          ...(busy.includes(id) ? [filler(id)] : []),
        ]);
        const wary: PoolMessage = { type: 'workOffered', work: item('wary', { avoid, readyAt: -wait }) };
        const { state } = play([...setUp, wary], undefined, 0);
        const free = ids.filter((id) => !busy.includes(id));
        const welcome = free.filter((id) => !avoid.includes(id));
        const mayWait = wait < AVOID_MS && ids.some((id) => !avoid.includes(id));
        const taker = state.leases.get('j1/wary/1')?.workerId;
        if (welcome.length > 0) expect(welcome).toContain(taker);
        else if (free.length > 0 && !mayWait) expect(free).toContain(taker);
        else expect(taker).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('hands out no work of a dependency that is open, and of a half open one no more than its budget', () => {
    let kept = 0;
    fc.assert(
      fc.property(messages, (all) => {
        const state = poolDecider.initial();
        all.forEach((m, i) => {
          for (const input of [
            { ...m, at: i },
            { type: 'assign' as const, at: i },
          ]) {
            for (const event of poolDecider.decide(state, input)) {
              if (event.type === 'lease.granted') {
                const granted = state.queued.get(attemptKey(event.data)) as WorkItem;
                expect(isHeldBack(state, granted)).toBe(false);
              }
              poolDecider.evolve(state, event, i);
            }
          }
          kept += [...state.queued.values()].filter((work) => isHeldBack(state, work)).length;
        });
      }),
      { numRuns: 500 },
    );
    expect(kept).toBeGreaterThan(200);
  });

  it('hands out all that waited once dependencies are closed and there is room', () => {
    fc.assert(
      fc.property(messages, (all) => {
        const closed = DEPENDENCIES.map((dependency) => ({
          ...{ type: 'dependencyChanged' as const, dependency, version: 99, status: 'closed' as const },
        }));
        const worker = { workerId: 'large', labels: '*' as const, slots: 1_000 };
        const { state } = play([...all, ...closed, { type: 'workerRegistered', worker }], undefined, 100);
        expect([...state.queued.values()]).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('gives nothing to a node in cordon', () => {
    fc.assert(
      fc.property(messages, (all) => {
        const cordoned = new Set<string>();
        for (const { event } of play(all).events) {
          if (event.type === 'worker.cordoned') cordoned.add(event.data.workerId);
          if (event.type === 'worker.uncordoned' || event.type === 'worker.probation')
            cordoned.delete(event.data.workerId);
          if (event.type === 'lease.granted') expect(cordoned.has(event.data.workerId)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives a worker on probation one attempt at a time, and uncordons it after three that went well', () => {
    let probations = 0;
    const refused = ['x', 'y', 'z'].flatMap((nodeId): PoolMessage[] => [
      { type: 'workOffered', work: item(nodeId) },
      { type: 'dispatchFailed', jobId: 'j1', nodeId, attempt: 1, workerId: 'w1', reason: 'x' },
    ]);
    const worker = { workerId: 'w1', labels: [], slots: 4, endpoint: 'http://w1' };
    const quiet = Array.from({ length: 3 }, (): PoolMessage => ({ type: 'sweep' }));
    const setUp: PoolMessage[] = [{ type: 'workerRegistered', worker }, ...refused, ...quiet];
    fc.assert(
      fc.property(messages, (all) => {
        let last = new Map<string, number>();
        play(
          [...setUp, ...all],
          (state) => {
            const leases = new Map<string, number>();
            for (const { workerId: id } of state.leases.values()) leases.set(id, (leases.get(id) ?? 0) + 1);
            for (const [id, trials] of state.cordons.probation) {
              probations += 1;
              expect(trials).toBeLessThan(TRIALS);
              // What it had when it was cordoned it may still have.
              expect(leases.get(id) ?? 0).toBeLessThanOrEqual(Math.max(1, last.get(id) ?? 0));
            }
            last = leases;
          },
          120_000,
        );
      }),
      { numRuns: 300 },
    );
    expect(probations).toBeGreaterThan(50);
  });

  it('takes from a worker that begins anew what its earlier process had and is gone, once, and nothing else', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(ofRestarts, message), { minLength: 40, maxLength: 120 }), (all) => {
        const state = poolDecider.initial();
        all.forEach((m, at) => {
          const gone = m.type === 'workerRestarted' ? goneBy(state, m) : [];
          const decided = poolDecider.decide(state, { ...m, at });
          for (const event of decided) poolDecider.evolve(state, event, at);
          if (m.type === 'workerRestarted') {
            const ended = decided.filter(({ type }) => type.startsWith('lease.'));
            expect(ended.map(({ type, data }) => [type, attemptKey(data as AttemptRef)])).toEqual(
              gone.map((key) => ['lease.revoked', key]),
            );
            const again = poolDecider.decide(state, { ...m, at });
            expect(again.filter(({ type }) => type.startsWith('lease.') || type === 'worker.lost')).toEqual(
              [],
            );
            const { status, registration: now } = state.workers.get(m.workerId) ?? {};
            if (now === m.registration) expect(status).toBe('draining');
            taken += gone.length;
          }
          for (const event of poolDecider.decide(state, { type: 'assign', at }))
            poolDecider.evolve(state, event, at);
        });
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('is the fold of its events', () => {
    fc.assert(
      fc.property(messages, (all) => {
        const { state, events } = play(all);
        const again = events.reduce(
          (s, { event, at }) => poolDecider.evolve(s, event, at),
          poolDecider.initial(),
        );
        expect(freezePool(again)).toEqual(freezePool(state));
      }),
      { numRuns: 200 },
    );
  });

  it('counts what there is: whatever can be told from the rest of its state is what the rest says', () => {
    const ofWork = message.map((m) =>
      m.type === 'workOffered' ? { ...m, work: { ...m.work, readyAt: Math.max(0, m.work.readyAt) } } : m,
    );
    const all = fc.array(fc.oneof(ofWork, ofQueue), { maxLength: 80 });
    fc.assert(
      fc.property(all, (each) => {
        play(each, (state) => expect(thawPool(freezePool(state))).toEqual(state));
      }),
      { numRuns: 200 },
    );
  });

  it('gives an owner nothing while another of its class, with work that fits, holds less', () => {
    fc.assert(
      fc.property(messages, (all) => {
        const state = poolDecider.initial();
        all.forEach((m, i) => {
          // Close in time: neither ageing nor reservations take part.
          for (const input of [
            { ...m, at: i },
            { type: 'assign' as const, at: i },
          ]) {
            for (const event of poolDecider.decide(state, input)) {
              if (event.type === 'lease.granted') expectFair(state, event.data);
              poolDecider.evolve(state, event, i);
            }
          }
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('jobs that go on after their end', () => {
  /** What one job says of itself in one of its lives, the version of its end included. */
  const lives = fc.array(
    fc.record({ jobId: fc.constantFrom('j1', 'j2', 'j3'), attempts: fc.integer({ min: 1, max: 3 }) }),
    { minLength: 1, maxLength: 8 },
  );

  /** All messages of all lives, as the jobs send them. */
  function told(all: readonly { readonly jobId: string; readonly attempts: number }[]): PoolMessage[] {
    const seqs = new Map<string, number>();
    return all.flatMap(({ jobId: id, attempts }): PoolMessage[] => {
      const begun = seqs.get(id) ?? 0;
      seqs.set(id, begun + 10);
      const since = begun === 0 ? undefined : begun + 1;
      const version = since === undefined ? {} : { version: since, rankedBy: since };
      const refs = Array.from({ length: attempts }, (_, k) => ({
        ...{ jobId: id, nodeId: `n${begun}-${k}`, attempt: 1 },
      }));
      return [
        { type: 'jobQueued', jobId: id, owner: 'ana', priority: 'normal', queuedAt: begun, ...version },
        ...refs.map((ref): PoolMessage => {
          const work = item(ref.nodeId, { ...ref, ...(since === undefined ? {} : { since }) });
          return { type: 'workOffered', work };
        }),
        ...refs.map((ref): PoolMessage => ({ type: 'workReleased', ...ref })),
        { type: 'jobOver', jobId: id, version: begun + 9 },
      ];
    });
  }

  /** As queues deliver them: some come twice, and neighbours change places. */
  const delivered = fc
    .tuple(lives, fc.array(fc.tuple(fc.nat(), fc.nat(4)), { maxLength: 30 }))
    .map(([all, moves]) => {
      const messages = told(all);
      for (const [from, by] of moves) {
        const i = from % messages.length;
        messages.splice(Math.min(messages.length, i + by), 0, messages[i] as PoolMessage);
        if (from % 2 === 0) messages.splice(i, 1);
      }
      return { all, messages };
    });

  it('never run beside more others than the queue allows, and nothing of them runs before they are admitted', () => {
    let waited = 0;
    const setUp: PoolMessage[] = [
      { type: 'queueLimited', maxRunningJobs: 1 },
      { type: 'workerRegistered', worker: { workerId: 'w', labels: '*', slots: 50 } },
    ];
    fc.assert(
      fc.property(delivered, ({ messages: each }) => {
        const admitted = new Map<string, number>();
        const joined = new Map<string, number>();
        const works = new Map<string, WorkItem>();
        const { events } = play([...setUp, ...each], (state) => {
          expect(state.admission.running.size).toBeLessThanOrEqual(1);
          waited += [...state.queued.values()].filter(({ since }) => since !== undefined).length;
        });
        for (const { event } of events) {
          if (event.type === 'work.queued') works.set(attemptKey(event.data), event.data);
          if (event.type === 'queue.joined') {
            const { jobId: id, version: of = 0 } = event.data;
            (admitted.has(id) ? admitted : joined).set(id, of);
          }
          if (event.type === 'queue.admitted')
            admitted.set(event.data.jobId, joined.get(event.data.jobId) ?? 0);
          if (event.type === 'queue.left') admitted.delete(event.data.jobId);
          if (event.type !== 'lease.granted') continue;
          const { since = 0 } = works.get(attemptKey(event.data)) as WorkItem;
          expect(admitted.get(event.data.jobId) ?? 0).toBeGreaterThanOrEqual(since);
        }
      }),
      { numRuns: 500 },
    );
    expect(waited).toBeGreaterThan(100);
  });

  it('leave nothing behind when they are over for good, whatever came twice, late or in another order', () => {
    fc.assert(
      fc.property(delivered, ({ all, messages: each }) => {
        // At the end everything is said once more, as whoever compares them would.
        const { state } = play([...each, ...told(all), ...told(all)]);
        expect([state.admission.running.size, state.admission.waiting.size]).toEqual([0, 0]);
        expect(thawPool(freezePool(state))).toEqual(state);
      }),
      { numRuns: 300 },
    );
  });
});

/** Keys of the leases that a process held which is gone. */
function goneBy(
  { leases }: PoolState,
  { workerId: id, registration: of, running }: Extract<PoolMessage, { type: 'workerRestarted' }>,
): string[] {
  const left = new Set(running.map(attemptKey));
  return [...leases].flatMap(([key, lease]) =>
    lease.workerId === id && lease.registration === of && !left.has(key) ? [key] : [],
  );
}

/** Just before a lease: nobody who could have had a slot instead was behind the one who gets it. */
function expectFair(state: PoolState, ref: AttemptRef): void {
  const granted = state.queued.get(attemptKey(ref)) as WorkItem;
  const heldBy = (work: WorkItem) => state.held.get(shareOf(work)) ?? 0;
  const rivals = [...state.queued.values()].filter(
    (work) => classOf(work) <= classOf(granted) && work.owner !== granted.owner && fitsNow(state, work),
  );
  for (const rival of rivals) {
    expect(classOf(rival)).toBe(classOf(granted));
    expect(heldBy(granted)).toBeLessThanOrEqual(heldBy(rival));
  }
}

/** A dependency that it needs is open, not known yet, or half open with its budget out. */
function isHeldBack(state: PoolState, work: WorkItem): boolean {
  return (work.dependencies ?? []).some((name) => {
    const { status, probes = 0, fence: since = 0 } = state.dependencies.get(name) ?? {};
    const out = [...state.leases.values()].filter(
      ({ fence, work: leased }) => fence > since && leased.dependencies?.includes(name),
    );
    return status !== 'closed' && !(status === 'halfOpen' && out.length < probes);
  });
}

function fitsNow(state: PoolState, work: WorkItem): boolean {
  if (isHeldBack(state, work)) return false;
  return [...state.workers.values()].some(
    (worker) => worker.status === 'active' && worker.free >= work.slots && fits(worker, work),
  );
}
