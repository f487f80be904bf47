import { createMembership } from '../../../lib/agent/membership';
import { LIMITS } from '../../../lib/core/limits';
import type { AttemptRef } from '../../../lib/core/model/attempt';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

it('a worker registers with what its work shares', async () => {
  const registerWorker = jest.fn(async () => ({
    worker_id: 'w1',
    dispatch_token: 't',
    heartbeat_seconds: 60,
  }));
  const worker = { workerId: 'w1', pool: 'default', labels: ['linux'], slots: 4, endpoint: 'http://w1' };
  const resources = { browserLicences: 2 };
  const membership = createMembership({
    client: { registerWorker, heartbeat: async () => ({}) },
    worker: { ...worker, resources },
    unfinished: () => [],
    running: () => 0,
    onRegistered: () => {},
    onLost: async () => {},
    log: silent,
  });
  await membership.join();
  membership.leave();
  const { workerId: worker_id, ...rest } = worker;
  expect(registerWorker).toHaveBeenCalledWith({ worker_id, ...rest, resources, running: [] });
});

/** What a worker says of its attempts as it joins. */
async function saidOf(unfinished: readonly AttemptRef[]) {
  const bodies: { running?: unknown }[] = [];
  const membership = createMembership({
    client: {
      async registerWorker(body) {
        bodies.push(body);
        return { worker_id: 'w1', dispatch_token: 't', heartbeat_seconds: 60 };
      },
      heartbeat: async () => ({}),
    },
    worker: { workerId: 'w1', pool: 'default', labels: [], slots: 4 },
    ...{ unfinished: () => unfinished, running: () => 0, onRegistered: () => {}, onLost: async () => {} },
    log: silent,
  });
  await membership.join();
  membership.leave();
  return bodies.map(({ running }) => running);
}

it('a worker registers with what goes on and what it has still to report, or leaves out what is too much', async () => {
  const of = (attempt: number) => ({ jobId: 'j', nodeId: 'a', attempt });
  expect(await saidOf([of(1), of(2)])).toEqual([
    [
      { job_id: 'j', node_id: 'a', attempt: 1 },
      { job_id: 'j', node_id: 'a', attempt: 2 },
    ],
  ]);
  const many = Array.from({ length: LIMITS.unfinished + 1 }, (_, i) => of(i + 1));
  expect(await saidOf(many)).toEqual([undefined]);
});

/** A worker whose membership is played in virtual time: what it said, and when. */
async function played(options: {
  readonly idleSeconds?: number;
  readonly random?: number;
  readonly untilMs: number;
  readonly running: (at: number) => number;
  readonly givenAt?: readonly number[];
}) {
  const said: [at: number, nextSeconds: number | undefined][] = [];
  const sleeps: { until: number; wake: () => void }[] = [];
  let now = 0;
  const membership = createMembership({
    client: {
      registerWorker: async () => ({ worker_id: 'w1', dispatch_token: 't', heartbeat_seconds: 10 }),
      async heartbeat(_worker, { next_seconds }) {
        said.push([now, next_seconds]);
        return options.idleSeconds === undefined ? {} : { idleSeconds: options.idleSeconds };
      },
    },
    worker: { workerId: 'w1', pool: 'default', labels: [], slots: 1 },
    unfinished: () => [],
    running: () => options.running(now),
    ...{ onRegistered: () => {}, onLost: async () => {}, log: silent },
    timing: {
      random: () => options.random ?? 0.5,
      sleep: (ms, signal) =>
        new Promise<void>((wake) => {
          if (signal?.aborted) return wake();
          sleeps.push({ until: now + ms, wake });
          signal?.addEventListener('abort', () => wake(), { once: true });
        }),
    },
  });
  await membership.join();
  for (; now <= options.untilMs; now += 500) {
    if (options.givenAt?.includes(now)) membership.hasten();
    for (const { until, wake } of sleeps) if (until <= now) wake();
    // What was woken goes on before time does.
    await new Promise((done) => setImmediate(done));
  }
  membership.leave();
  return said;
}

describe('the heartbeats of a worker', () => {
  it('come every ten seconds while it has work, and each promises the next', async () => {
    const said = await played({ idleSeconds: 30, untilMs: 40_000, running: () => 1 });
    expect(said).toEqual([10_000, 20_000, 30_000, 40_000].map((at) => [at, 10]));
  });

  it('come as seldom as the engine says while it has none, the first of them after a time that is drawn', async () => {
    const said = await played({ idleSeconds: 30, random: 0.25, untilMs: 100_000, running: () => 0 });
    expect(said).toEqual([
      [10_000, 10],
      [20_000, 15],
      [35_000, 30],
      [65_000, 30],
      [95_000, 30],
    ]);
  });

  it('come soon after it was given work, where it is not done with it by then', async () => {
    const long = (at: number) => (at >= 40_000 && at < 70_000 ? 1 : 0);
    const options = { idleSeconds: 30, random: 0.25, untilMs: 75_000, givenAt: [40_000] };
    expect(await played({ ...options, running: long })).toEqual([
      [10_000, 10],
      [20_000, 15],
      [35_000, 30],
      [50_000, 10],
      [60_000, 10],
      [70_000, 15],
    ]);
    const short = (at: number) => (at >= 40_000 && at < 49_000 ? 1 : 0);
    expect((await played({ ...options, running: short })).map(([at]) => at)).toEqual([
      10_000, 20_000, 35_000, 65_000,
    ]);
  });
});
