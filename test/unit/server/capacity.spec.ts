import { createFileLoads } from '../../../lib/adapters/embedded/runtime/loads';
import { measuresOf } from '../../../lib/core/capacity/load-measures';
import { replay } from '../../../lib/core/capacity/replay';
import { jobAt, poolAt } from '../../../lib/core/messages/address';
import { isOver } from '../../../lib/core/model/outcome';
import { reviewAgainAndAgain } from '../../../lib/server/capacity-review';
import { atOnce } from '../../support/steps';
import { createServedWorld, OWNER, until } from './support/served-world';

const GRAPH = `
name: shop
nodes:
  - { id: build, run: make }
  - { id: unit, run: test, shards: 4, needs: [build] }
`;

/** A daemon of two slots with a job that is over: a second for the build, two for the shards. */
async function served() {
  const world = createServedWorld();
  const process = await world.boot();
  process.engine.started();
  const graphHash = await world.put(process.engine, GRAPH);
  const submission = { graphHash, owner: OWNER, priority: 'normal' as const, pool: 'default' };
  const origin = { requestId: 'r1', traceId: 't1', actor: { kind: 'user' as const, id: OWNER } };
  const { streams } = process.engine;
  async function submit(jobId: string): Promise<void> {
    await process.engine.submit(jobId, submission, { ...origin, requestId: jobId });
    await until(
      async () => isOver((await streams.view(jobAt(jobId))).state.status),
      () => world.time.advance(250),
    );
  }
  await submit('j1');
  return { world, process, submit };
}

describe('the load of a directory', () => {
  it('is what its jobs asked for and when, and the machine as the one worker', async () => {
    const { world, process } = await served();
    const load = await createFileLoads(world.layout, process.journal).load({ pool: 'default', jobs: 10 });
    expect(load.workers).toEqual([{ workerId: 'local', labels: '*', slots: 2 }]);
    const [job] = load.jobs;
    expect(job).toMatchObject({ jobId: 'j1', graph: 'shop', owner: OWNER });
    expect(job?.nodes.map(({ nodeId, after, attempts }) => [nodeId, after, attempts.length])).toEqual([
      ['build', [], 1],
      ...[1, 2, 3, 4].map((shard) => [`unit-${shard}`, [0], 1]),
    ]);
    expect(await process.engine.loads.load({ pool: 'other', jobs: 10 })).toMatchObject({ jobs: [] });
    await process.end();
  });

  it('is the same value until a journal grows, and what was read of other jobs stays', async () => {
    const { world, process, submit } = await served();
    const read = jest.fn(process.journal.read);
    const loads = createFileLoads(world.layout, { ...process.journal, read });
    const ask = () => loads.load({ pool: 'default', jobs: 10 });
    const first = await ask();
    expect(await ask()).toBe(first);
    expect(read).toHaveBeenCalledTimes(1);
    await submit('j2');
    const second = await ask();
    expect(second.jobs.map(({ jobId }) => jobId)).toEqual(['j1', 'j2']);
    expect(second.jobs[0]).toBe(first.jobs[0]);
    expect(read).toHaveBeenCalledTimes(2);
    expect((await loads.load({ pool: 'default', jobs: 1 })).jobs).toEqual([second.jobs[1]]);
    await process.end();
  });

  it('is replayed as it went', async () => {
    const { process } = await served();
    const load = await process.engine.loads.load({ pool: 'default', jobs: 10 });
    const [was, is] = [measuresOf(load), measuresOf(atOnce(replay(load)))];
    expect(Math.abs(is.makespanMs.mean / was.makespanMs.mean - 1)).toBeLessThan(0.2);
    await process.end();
  });
});

describe('the daemon', () => {
  it('looks at its capacity again and again, and warns of it', async () => {
    const { world, process } = await served();
    const load = await process.engine.loads.load({ pool: 'default', jobs: 10 });
    const [job] = load.jobs;
    const now = world.time.now();
    const node = (readyAt: number, waitMs: number) => {
      const startedAt = readyAt + waitMs;
      const attempts = [{ readyAt, startedAt, endedAt: startedAt + 1_000, workerId: 'local' }];
      return { ...job!.nodes[0]!, attempts };
    };
    const hour = 3_600_000;
    // An hour ago nobody waited; now 30 attempts wait for twenty minutes each.
    const nodes = Array.from({ length: 60 }, (_, i) =>
      i < 30 ? node(now - 2 * hour, 0) : node(now, 1_200_000),
    );
    const loads = { load: async () => ({ ...load, jobs: [{ ...job!, nodes }] }) };
    const { streams } = process.engine;
    const close = reviewAgainAndAgain({
      engine: { loads, streams },
      ...{ clock: world.time.now, setTimer: world.time.setTimer, warn: (text) => expect(text).toBe('') },
    });
    const warnings = async () => [...(await streams.view(poolAt('default'))).state.warnings.keys()];
    await until(
      async () => (await warnings()).length > 0,
      () => world.time.advance(60_000),
    );
    expect(await warnings()).toEqual(['waits']);
    await close();
    await process.end();
  });
});
