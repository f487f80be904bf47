import { localWorker } from '../../../../../lib/adapters/embedded/runtime/runnable';
import type { Script } from '../../../../../lib/adapters/memory/machine';
import { parseGraph } from '../../../../../lib/core/dag/parse';
import { outcomeOf } from '../../../../../lib/core/job/state';
import { verifyChain } from '../../../../../lib/core/journal/verify';
import type { AttemptRef } from '../../../../../lib/core/model/attempt';
import type { JobFold } from '../../../../../lib/core/ports/streams';
import { Crash, crashingJournal, createEmbeddedWorld, JOB } from './support/embedded-world';

const graph = parseGraph(`
name: sample
defaults: { retry: { strategy: fixed, initialDelay: 2s, maxAttempts: 3, jitter: none } }
nodes:
  - { id: build, run: x }
  - { id: flaky, run: x, needs: [build] }
  - { id: broken, run: x, needs: [build], retry: { maxAttempts: 1 } }
  - { id: unit, run: x, needs: [build] }
  - { id: deploy, run: x, needs: [unit, flaky], when: "results.unit.outputs.good = true" }
  - { id: never, run: x, needs: [unit], when: "results.unit.outputs.good = false" }
  - { id: blocked, run: x, needs: [broken] }
  - { id: report, run: x, needs: [broken, deploy, blocked], trigger: all_done }
`);

/** Every attempt takes a second; `flaky` succeeds the second time, `broken` while it is broken never. */
function script(isRepaired: () => boolean) {
  return ({ nodeId, attempt }: AttemptRef): Script => {
    const fails = (nodeId === 'flaky' && attempt === 1) || (nodeId === 'broken' && !isRepaired());
    const outputs = nodeId === 'unit' ? { good: true } : {};
    return { ms: 1_000, end: fails ? 'failed' : 'succeeded', outputs };
  };
}

const submission = { graph, owner: 'ana', priority: 'normal' } as const;

function outcomes({ state, index }: JobFold): Record<string, string | undefined> {
  return Object.fromEntries(
    index.graph.nodes.map(({ id }, i) => {
      const node = state.nodes[i];
      return [id, node && outcomeOf(node)];
    }),
  );
}

const EXPECTED = {
  build: 'succeeded',
  flaky: 'succeeded',
  broken: 'failed',
  unit: 'succeeded',
  deploy: 'succeeded',
  never: 'skipped',
  blocked: 'skipped',
  report: 'succeeded',
};

describe('the embedded runtime', () => {
  it('runs a graph to its end, at most as many at once as there are workers', async () => {
    const world = createEmbeddedWorld(script(() => false));
    const runtime = world.boot();
    await runtime.submit(JOB, submission);
    const view = await world.toEnd(runtime);
    expect(view.state.status).toBe('failed');
    expect(outcomes(view)).toEqual(EXPECTED);
    expect(world.machine.mostAtOnce()).toBe(2);
    const events = await world.events();
    expect(await verifyChain(events, `job/${JOB}`)).toMatchObject({ valid: true });
  });

  it('gives work to the workers it is told of, each what it has labels and slots for', async () => {
    const world = createEmbeddedWorld(() => ({ ms: 1_000, end: 'succeeded' }));
    const runtime = world.boot({
      workers: [
        { workerId: 'browsers', labels: ['linux', 'chromium'], slots: 1 },
        { workerId: 'plain', labels: ['linux'], slots: 2 },
      ],
    });
    const mixed = parseGraph(`
name: mixed
nodes:
  - { id: page, run: x, labels: [chromium] }
  - { id: wide, run: x, labels: [linux], resources: { slots: 2 } }
`);
    await runtime.submit(JOB, { ...submission, graph: mixed });
    expect((await world.toEnd(runtime)).state.status).toBe('succeeded');
    const started = (await world.events()).filter(({ type }) => type === 'attempt.started');
    const places = started.map(({ data, actor }) => ({ ...data, by: actor.id }));
    expect(places).toContainEqual({ nodeId: 'page', attempt: 1, workerId: 'browsers', by: 'browsers' });
    expect(places).toContainEqual({ nodeId: 'wide', attempt: 1, workerId: 'plain', by: 'plain' });
  });

  it('waits with a retry exactly as long as the journal says', async () => {
    const world = createEmbeddedWorld(script(() => false));
    const runtime = world.boot({ workers: [localWorker({ slots: 8 })] });
    await runtime.submit(JOB, submission);
    await world.toEnd(runtime);
    const events = (await world.events()).filter(({ data }) => 'nodeId' in data && data.nodeId === 'flaky');
    const at = (type: string) => events.filter((event) => event.type === type).map((event) => event.at);
    const [retry] = at('node.retryScheduled');
    expect(at('node.ready')[1]).toBe((retry as number) + 2_000);
  });

  it('refuses a job that the journal holds', async () => {
    const world = createEmbeddedWorld(script(() => false));
    const runtime = world.boot();
    await runtime.submit(JOB, submission);
    await world.toEnd(runtime);
    await expect(world.boot().submit(JOB, submission)).rejects.toMatchObject({ code: 'JOB_EXISTS' });
  });

  it('cancels: what runs is stopped, nothing else starts', async () => {
    const world = createEmbeddedWorld(script(() => false));
    const runtime = world.boot();
    await runtime.submit(JOB, submission);
    await world.settle();
    expect(world.machine.running()).toEqual(['j1/build/1']);
    runtime.cancel(JOB, 'enough');
    const view = await world.toEnd(runtime);
    expect(view.state.status).toBe('cancelled');
    expect(new Set(Object.values(outcomes(view)))).toEqual(new Set(['cancelled']));
    expect([...world.machine.starts.keys()]).toEqual(['j1/build/1']);
  });

  it('runs again, when an ended job is resumed, only what did not succeed', async () => {
    let repaired = false;
    const world = createEmbeddedWorld(script(() => repaired));
    const first = world.boot();
    await first.submit(JOB, submission);
    await world.toEnd(first);
    first.close();
    const before = new Set(world.machine.starts.keys());
    repaired = true;
    const second = world.boot();
    await second.resume(JOB, 'repaired');
    const view = await world.toEnd(second);
    expect(view.state.status).toBe('succeeded');
    expect(outcomes(view)).toEqual({ ...EXPECTED, broken: 'succeeded', blocked: 'succeeded' });
    const again = [...world.machine.starts.keys()].filter((key) => !before.has(key));
    expect(again).toEqual(['j1/broken/2', 'j1/blocked/1']);
  });

  it('tells the end of a job that succeeded again, without running anything', async () => {
    const world = createEmbeddedWorld(() => ({ ms: 1, end: 'succeeded', outputs: { good: true } }));
    const first = world.boot();
    await first.submit(JOB, submission);
    await world.toEnd(first);
    const starts = world.machine.starts.size;
    const events = (await world.events()).length;
    const second = world.boot();
    await second.resume(JOB, 'once more');
    expect((await world.toEnd(second)).state.status).toBe('succeeded');
    expect(world.machine.starts.size).toBe(starts);
    expect(await world.events()).toHaveLength(events);
  });

  it('ends a cancellation that a crash cut short, then runs what it was asked to resume', async () => {
    const world = createEmbeddedWorld(script(() => true));
    const first = world.boot({ journal: crashingJournal(world.journal, 5, 'after') });
    await first.submit(JOB, submission);
    await world.settle();
    first.cancel(JOB, 'enough');
    await expect(world.toEnd(first)).rejects.toBeInstanceOf(Crash);
    const types = (await world.events()).map(({ type }) => type);
    expect(types).toContain('attempt.cancelRequested');
    expect(types).not.toContain('job.completed');
    const second = world.boot();
    const resumed = second.resume(JOB, 'go on after all');
    await world.settle();
    await resumed;
    expect((await world.toEnd(second)).state.status).toBe('succeeded');
  });

  it('gives attempts that still run their slots before anything new starts', async () => {
    const wide = parseGraph(`
name: wide
nodes:
  - { id: long, run: x, duration: 1s }
  - { id: a, run: x, duration: 1h }
  - { id: b, run: x, duration: 1h }
`);
    // With one worker the lowest rank would be last; the crash happens when it runs.
    const world = createEmbeddedWorld(({ nodeId }) => ({
      ms: nodeId === 'long' ? 9_000 : 1_000,
      end: 'succeeded',
    }));
    const first = world.boot({ workers: [localWorker({ slots: 3 })] });
    await first.submit(JOB, { ...submission, graph: wide });
    await world.settle();
    await world.time.advance(1_000);
    await world.settle();
    expect(world.machine.running()).toEqual(['j1/long/1']);
    first.close();
    const second = world.boot({ workers: [localWorker({ slots: 1 })] });
    await second.resume(JOB, 'taken over');
    expect((await world.toEnd(second)).state.status).toBe('succeeded');
    expect([...world.machine.starts.values()]).toEqual([1, 1, 1]);
  });

  it('says why when it cannot go on', async () => {
    const world = createEmbeddedWorld(script(() => false));
    const full = new Error('no space left on device');
    const journal = {
      ...world.journal,
      append: async () => {
        throw full;
      },
    };
    const runtime = world.boot({ journal });
    await expect(runtime.submit(JOB, submission)).rejects.toBe(full);
    await expect(world.toEnd(runtime)).rejects.toBe(full);
  });

  describe.each(['before', 'after'] as const)('after a crash right %s any append', (when) => {
    it('comes to the same end, every attempt run once', async () => {
      let appends = 0;
      for (let n = 1; ; n++) {
        const world = createEmbeddedWorld(script(() => false));
        let runtime = world.boot({ journal: crashingJournal(world.journal, n, when) });
        const died = runtime;
        const clean = await died
          .submit(JOB, submission)
          .then(() => world.toEnd(died))
          .catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
            return undefined;
          });
        runtime.close();
        if (clean) break;
        appends = n;
        runtime = world.boot();
        if ((await world.events()).length === 0) await runtime.submit(JOB, submission);
        else await runtime.resume(JOB, 'its process died');
        const view = await world.toEnd(runtime);
        // A crash after the last append leaves a job that ended: resuming it runs what failed again.
        const isRerun = (await world.events()).some(
          ({ type, data }) =>
            type === 'job.resumed' && (data as unknown as { nodes: string[] }).nodes.length > 0,
        );
        expect({ n, ...outcomes(view) }).toEqual({ n, ...EXPECTED });
        for (const [key, starts] of world.machine.starts) expect([n, key, starts]).toEqual([n, key, 1]);
        expect(world.machine.starts.size).toBe(isRerun ? 8 : 7);
        expect(await verifyChain(await world.events(), `job/${JOB}`)).toMatchObject({ valid: true });
      }
      expect(appends).toBeGreaterThan(10);
    });
  });
});
