import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { graphHash } from '../../../../lib/core/dag/hash';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { replay } from '../../../../lib/core/engine/replay';
import { freezeJob } from '../../../../lib/core/job/snapshot';
import type { Point } from '../../../../lib/core/journal/point';
import { jobAt, triggerAt } from '../../../../lib/core/messages/address';
import { freezeTrigger } from '../../../../lib/core/trigger/snapshot';
import { graph, JobDriver, node, retrying } from '../../../support/job-driver';
import { journalOf } from '../../../support/journals';
import { recordedAt } from '../../../support/recorded';
import { TriggerDriver } from '../../../support/trigger-driver';

const FIRST = graph([node('a', retrying(2)), node('b', { needs: ['a'] })]);
const NEXT = graph([node('a', retrying(2)), node('b', { needs: ['a'] }), node('c')]);

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A job that fails, is tried again and goes on over another graph; and how it stood after each of its events. */
function playedJob() {
  const job = new JobDriver(FIRST);
  const states: unknown[] = [];
  const { push } = job.events;
  // The driver folds an event right after it has noted it: at the next one, this is how it stood.
  job.events.push = (...events) => {
    if (job.events.length > 0) states.push(plain(freezeJob(job.state)));
    return push.apply(job.events, events);
  };
  const submission = {
    graphHash: graphHash(FIRST),
    owner: 'ana',
    priority: 'normal',
    pool: 'default',
  } as const;
  job.send({ type: 'submit', ...submission });
  job.send({ type: 'admit' });
  job.enterAll();
  job.now += 1_000;
  job.fail('a');
  job.now += 100;
  job.send({ type: 'timerDue', nodeId: 'a', attempt: 2 });
  job.fail('a');
  job.now += 5_000;
  job.send(job.resumeOver(NEXT));
  job.enterAll();
  for (const id of ['a', 'b', 'c']) job.succeed(id);
  states.push(plain(freezeJob(job.state)));
  return { events: job.events, states };
}

async function past(stream: string, events: Parameters<typeof recordedAt>[1]) {
  const journal = await journalOf(recordedAt(stream, events));
  const graphs = { get: async (hash: string) => (hash === graphHash(NEXT) ? NEXT : FIRST) };
  const kinds = createKinds({ journal, graphs, conditions: memoryConditions, random: () => 0 });
  return { journal, kinds };
}

describe('a stream that is replayed', () => {
  it('to each of its events stands as it stood then, over the graph that it followed then', async () => {
    const { events, states } = playedJob();
    const deps = await past('job/j', events);
    expect(events.length).toBeGreaterThan(20);
    for (const [i] of events.entries()) {
      const { state, last, fold, view } = await replay(deps, jobAt('j'), { seq: i + 1 });
      expect([i, plain(state)]).toEqual([i, states[i]]);
      expect([last.seq, last.at, view.head.seq]).toEqual([i + 1, events[i]?.at, i + 1]);
      expect(fold).toMatch(/^job\/\d+$/);
    }
    const before = events.findIndex(({ event }) => event.type === 'job.replanned');
    expect((await replay(deps, jobAt('j'), { seq: before })).view.index.graph).toEqual(FIRST);
    expect((await replay(deps, jobAt('j'), { seq: before + 1 })).view.index.graph).toEqual(NEXT);
  });

  it('without a point stands as it does at its end', async () => {
    const trigger = TriggerDriver.of();
    trigger.fire('q1');
    const deps = await past('trigger/t', trigger.events);
    const { state, last } = await replay(deps, triggerAt('t'));
    expect([plain(state), last.seq]).toEqual([plain(freezeTrigger(trigger.state)), 2]);
  });

  it.each<[string, Point, string]>([
    ['past its end', { seq: 3 }, 'it ends at event 2'],
    ['before it began', { at: 0 }, 'it begins with event 1 at 2026-06-01T12:00:00.000Z'],
  ])('is refused %s', async (_, point, why) => {
    const trigger = TriggerDriver.of();
    trigger.fire('q1');
    const deps = await past('trigger/t', trigger.events);
    await expect(replay(deps, triggerAt('t'), point)).rejects.toMatchObject({
      ...{ code: 'INPUT_INVALID', message: expect.stringContaining(why) },
    });
  });

  it('that has no event is refused too', async () => {
    const deps = await past('trigger/t', []);
    await expect(replay(deps, triggerAt('t'))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});
