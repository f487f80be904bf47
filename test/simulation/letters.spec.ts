import { createWorld, type Faults } from '../../lib/adapters/memory/world';
import type { LetterEvent } from '../../lib/core/dlq/events';
import type { JobEvent } from '../../lib/core/job/events';
import type { Recorded } from '../../lib/core/journal/envelope';
import { verifyChain } from '../../lib/core/journal/verify';
import { jobAt, letterAt, streamOf } from '../../lib/core/messages/address';
import { letterGroup } from '../../lib/core/messages/letter';
import type { Diagnosis } from '../../lib/core/model/failure';
import { seededRandom } from '../support/graphs';
import { graph, node } from '../support/job-driver';

const JOBS = ['j0', 'j1', 'j2'];
/** Every other node fails until then. */
const MENDED_AT = 1_000_000;
const GROUP = letterGroup('ana', 's');
const away: Diagnosis = {
  class: 'configuration',
  confidence: 1,
  signature: 's',
  by: 'rule',
  why: 'no gateway',
};

const shop = graph(
  Array.from({ length: 8 }, (_, i) => node(`n${i}`, i === 7 ? { needs: ['n0', 'n1', 'n2'] } : {})),
);
const FAILING = ['n0', 'n2', 'n4', 'n6'];

interface Options {
  readonly seed: number;
  readonly faults?: Faults;
  readonly fastPath?: boolean;
}

/** From the archive: once the letters are in it, or by the console while a keeper that dies puts them there. */
const ARCHIVED_AT = MENDED_AT + 300_000;

/** Jobs of which half of the nodes fail, and are redriven: once in vain, and once when the cause is mended. */
async function redriven({ seed, ...rest }: Options, how: 'order' | 'console' | 'archive' | 'race') {
  const published: string[] = [];
  const world = createWorld({
    graphs: [shop],
    random: seededRandom(seed),
    script({ nodeId }) {
      const fails = FAILING.includes(nodeId) && world.now() < MENDED_AT;
      return { ms: 1_000, end: fails ? 'failed' : 'succeeded' };
    },
    diagnose: () => away,
    onPublish: ({ type }) => published.push(type),
    ...rest,
  });
  world.register({ workerId: 'w', slots: 4, labels: '*' });
  for (const jobId of JOBS) world.submit(jobId, { graph: shop, owner: 'ana', priority: 'normal' });
  const redrive = (orderId: string) => {
    const order = { orderId, mode: 'canary' as const, perMinute: 5, by: 'ana', reason: 'mended?' };
    world.tell({ to: letterAt(GROUP), message: { type: 'redrive', ...order } }, `redrive/${orderId}`);
  };
  world.at(MENDED_AT - 500_000, () => redrive('too early'));
  const { letterBox } = world;
  if (how === 'archive')
    for (const isLast of [false, true]) world.at(ARCHIVED_AT, () => letterBox.archiveAll(isLast));
  world.at(MENDED_AT + 500_000, () => {
    if (how === 'race') for (let keepers = 0; keepers < 2; keepers++) letterBox.archiveAll(false);
    if (how === 'order' || how === 'archive') redrive('mended');
    else letterBox.redriveAll();
  });
  await world.run();
  const letters = [
    ...(world.journal.streams.get(streamOf(letterAt(GROUP))) ?? []),
  ] as Recorded<LetterEvent>[];
  return { world, letters, published, group: (await world.view(letterAt(GROUP))).state };
}

type Run = Awaited<ReturnType<typeof redriven>>;

async function expectAllMended({ world, letters, group }: Run): Promise<void> {
  expect([...group.letters.values()].map(({ resolved }) => resolved?.how)).toEqual(
    Array.from({ length: JOBS.length * FAILING.length }, () => 'retried'),
  );
  expect(group.order).toBeUndefined();
  for (const jobId of JOBS) {
    expect((await world.view(jobAt(jobId))).state.status).toBe('succeeded');
    const events = world.journal.streams.get(`job/${jobId}`) as Recorded<JobEvent>[];
    const completed = new Map<string, number>();
    for (const { type, data } of events) {
      if (type === 'node.completed' && data.outcome === 'succeeded')
        completed.set(data.nodeId, (completed.get(data.nodeId) ?? 0) + 1);
    }
    // What succeeded did not run again.
    expect([...completed.values()]).toEqual(Array.from({ length: 8 }, () => 1));
    expect(await verifyChain(events, `job/${jobId}`)).toMatchObject({ valid: true });
  }
  expect(await verifyChain(letters, streamOf(letterAt(GROUP)))).toMatchObject({ valid: true });
}

/** Letters that each order redrove, in turn. */
function ordersOf(letters: readonly Recorded<LetterEvent>[]) {
  const orders = new Map<string, { at: number; letters: readonly string[]; canary: boolean }[]>();
  for (const { type, data, at } of letters) {
    if (type !== 'letter.redriven') continue;
    const { orderId, canary = false } = data;
    orders.set(orderId, [...(orders.get(orderId) ?? []), { at, letters: data.letters, canary }]);
  }
  return orders;
}

const FAULTS: Faults = { crashes: 0.03, duplicates: 0.2 };

describe('letters of many jobs', () => {
  it('are redriven with a canary first, as many in a minute as may be, and all of them once', async () => {
    const run = await redriven({ seed: 1 }, 'order');
    await expectAllMended(run);
    const orders = ordersOf(run.letters);
    // In vain: the canary alone has run again.
    expect(orders.get('too early')?.flatMap(({ letters }) => letters)).toHaveLength(1);
    const mended = orders.get('mended') ?? [];
    expect(mended[0]).toMatchObject({ canary: true, letters: [expect.any(String)] });
    const sent = mended.flatMap(({ letters, at }) => letters.map((id) => ({ id, at })));
    expect(new Set(sent.map(({ id }) => id)).size).toBe(sent.length);
    expect(sent).toHaveLength(JOBS.length * FAILING.length);
    for (const { at } of sent) {
      expect(sent.filter((each) => each.at > at - 60_000 && each.at <= at).length).toBeLessThanOrEqual(5);
    }
    expect(run.published).toContain('orchestration.letter.parked');
    expect(run.published).toContain('orchestration.letter.redriven');
    expect(run.published).toContain('orchestration.letter.resolved');
  });

  it('lie in the queue as often as they were parked, and are redriven from there as well', async () => {
    const run = await redriven({ seed: 2 }, 'console');
    await expectAllMended(run);
    const parked = run.letters.filter(({ type }) => type === 'letter.parked' || type === 'letter.reopened');
    const laid = run.letters.filter(({ type }) => type === 'letter.laid');
    expect(laid).toHaveLength(parked.length);
    expect(run.world.letterBox.lying.size).toBe(0);
  });

  it.each([
    ['order', true],
    ['order', false],
    ['console', true],
    ['archive', true],
    ['archive', false],
    ['race', true],
    ['race', false],
  ] as const)(
    'lose none, and run none again for nothing, whatever crashes: by %s, fast path %s',
    async (how, fastPath) => {
      let crashes = 0;
      for (let seed = 1; seed <= 5; seed++) {
        const run = await redriven({ seed, faults: FAULTS, fastPath }, how);
        await expectAllMended(run);
        crashes += run.world.crashes();
        for (const [orderId, sent] of ordersOf(run.letters)) {
          const ids = sent.flatMap(({ letters }) => letters);
          expect({ orderId, twice: ids.length - new Set(ids).size }).toEqual({ orderId, twice: 0 });
          if (how === 'order' || how === 'archive') expect(sent[0]?.canary).toBe(true);
        }
        if (how === 'order' || how === 'console') continue;
        // Each of them once, however often the keeper looks.
        const places = run.letters.flatMap(({ type, data }) =>
          type === 'letter.archived' ? [data.letterId] : [],
        );
        expect(places).toHaveLength(JOBS.length * FAILING.length);
        expect(new Set(places).size).toBe(places.length);
      }
      expect(crashes).toBeGreaterThan(5);
    },
  );
});
