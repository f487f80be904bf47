import { readdirSync } from 'node:fs';
import type { FileJournalStore } from '../../../lib/adapters/embedded/disk/journal-store';
import { loadRunRecord } from '../../../lib/adapters/embedded/disk/run-record';
import { DEFAULT_QUOTAS } from '../../../lib/core/access/quotas';
import { graphHash } from '../../../lib/core/dag/hash';
import type { Recorded } from '../../../lib/core/journal/envelope';
import { verifyChain } from '../../../lib/core/journal/verify';
import { jobAt, streamOf, triggerAt } from '../../../lib/core/messages/address';
import { createServedWorld, OWNER, type Process, pause, until } from './support/served-world';

class Crash extends Error {}

/** A journal whose process dies at the `n`-th append, before or after it is durable. */
function crashing(journal: FileJournalStore, n: number, when: 'before' | 'after'): FileJournalStore {
  let appends = 0;
  return {
    ...journal,
    async append(...args) {
      appends += 1;
      if (appends > n) throw new Crash('dead already');
      if (appends === n && when === 'before') throw new Crash();
      await journal.append(...args);
      if (appends === n) throw new Crash();
    },
  };
}

const PUSH = { id: 'e1', source: 'git', 'detail-type': 'push', detail: { commit: 'abc' } };
/** Fires at the end of every job that `push` started, and at nothing else. */
const AFTER = {
  source: {
    kind: 'event' as const,
    pattern: {
      'detail-type': ['orchestration.execution.completed'],
      detail: { trigger: { name: ['push'] } },
    },
  },
};
/** Fires whenever `push` does: an event of a trigger, not of a job. */
const WITH = {
  source: {
    kind: 'event' as const,
    pattern: { 'detail-type': ['orchestration.trigger.fired'], detail: { trigger: { name: ['push'] } } },
  },
};

describe.each(['before', 'after'] as const)('a daemon that dies right %s any append', (when) => {
  it('loses no firing and doubles none, whatever asks for it', async () => {
    let crashes = 0;
    for (let n = 1; ; n++) {
      const world = createServedWorld();
      const setup = await world.boot();
      const ids = [
        await world.set(setup.engine, 'push', {
          job: { ...(await jobOf(world, setup)), parameters: { c: '$.detail.commit' } },
        }),
        await world.set(setup.engine, 'after', AFTER),
        await world.set(setup.engine, 'with', WITH),
      ];
      await setup.end();

      let daemon: Process = await world.boot({ journalOf: (journal) => crashing(journal, n, when) });
      let isTaken = await offered(daemon);
      const isDone = async () =>
        isTaken &&
        (await world.jobs(daemon.engine)).filter(({ status }) => status === 'succeeded').length === 3;
      await until(async () => daemon.failure() !== undefined || (await isDone()), world.time.next);
      const isClean = daemon.failure() === undefined;
      if (!isClean) {
        crashes += 1;
        expect(daemon.failure()).toBeInstanceOf(Crash);
        await daemon.end();
        daemon = await world.boot();
        // Whoever was not told that the event was taken sends it again.
        if (!isTaken) isTaken = await offered(daemon);
        await until(isDone, world.time.next);
      }
      // Nothing more comes of it.
      for (let i = 0; i < 10; i++) {
        await pause();
        world.time.next();
      }
      const jobs = await world.jobs(daemon.engine);
      expect({ n, jobs: jobs.length, starts: [...world.machine.starts.values()] }).toEqual({
        n,
        jobs: 3,
        starts: [1, 1, 1],
      });
      for (const id of ids) {
        const { view } = daemon.engine.streams;
        await until(async () => (await view(triggerAt(id))).state.running.length === 0);
        const events: Recorded[] = [];
        for await (const event of daemon.journal.read(streamOf(triggerAt(id)))) events.push(event);
        expect(events.filter(({ type }) => type === 'trigger.fired')).toHaveLength(1);
        expect(await verifyChain(events, streamOf(triggerAt(id)))).toMatchObject({ valid: true });
      }
      await until(async () => (await servedStates(world.layout)).every((state) => state === 'over'));
      await daemon.end();
      if (isClean) break;
    }
    expect(crashes).toBeGreaterThan(15);
  }, 60_000);
});

async function offered({ engine }: Process): Promise<boolean> {
  return engine.triggers.offer(PUSH).then(
    () => true,
    () => false,
  );
}

async function jobOf(world: ReturnType<typeof createServedWorld>, { engine }: Process) {
  await engine.graphs.put(graphHash(world.graph), world.graph);
  return { graphHash: graphHash(world.graph), priority: 'normal' as const, pool: 'default' };
}

async function servedStates(layout: ReturnType<typeof createServedWorld>['layout']) {
  return Promise.all(readdirSync(layout.jobs).map(async (id) => (await loadRunRecord(layout, id)).served));
}

describe('a daemon that is started again', () => {
  it('goes on counting what one cause has started', async () => {
    const world = createServedWorld();
    const first = await world.boot();
    await world.set(first.engine, 'push', {});
    await first.engine.triggers.offer(PUSH);
    const [job] = await world.jobs(first.engine);
    const { trigger } = (await first.engine.runtime.view(jobAt(job?.jobId as string))).state.submitted ?? {};
    await first.end();

    const { engine, end } = await world.boot();
    const root = trigger?.root as string;
    const admit = (jobId: string) => engine.limits.admit({ owner: OWNER, root, jobId, at: world.time.now() });
    const { jobsOfOneCause } = DEFAULT_QUOTAS;
    for (let i = 1; i < jobsOfOneCause; i++) expect(await admit(`job-${i}`)).toBeUndefined();
    expect(await admit('one-more')).toBe('root');
    expect(await admit(job?.jobId as string)).toBeUndefined();
    await end();
  });
});
