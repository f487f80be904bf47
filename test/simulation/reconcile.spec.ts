import fc from 'fast-check';
import type { Loses } from '../../lib/adapters/memory/losses';
import { createWorld, WORLD_POOL, type World } from '../../lib/adapters/memory/world';
import { outcomeOf } from '../../lib/core/job/state';
import type { Recorded } from '../../lib/core/journal/envelope';
import { verifyChain } from '../../lib/core/journal/verify';
import { isOver } from '../../lib/core/model/outcome';
import type { Repair } from '../../lib/core/recovery/reconcile/repair';
import { seededRandom } from '../support/graphs';
import { type Case, caseArbitrary, oracle } from '../support/job-cases';
import { withConditions } from '../support/scripted-conditions';

const JOB = 'j';
const MINUTE = 60_000;
/** Turns of the reconciler, five minutes apart. */
const TURNS = 24;

interface Play {
  readonly world: World;
  readonly repairs: readonly Repair[];
  readonly losses: number;
}

/** What no repair needs to bring back: what people and registrations say is answered, and so said again where it is lost. */
const isAnswered = (type: string): boolean => ['submit', 'workerRegistered', 'cancel'].includes(type);
/** A workflow whose entries are lost has to begin anew, which recovery does. */
const isEntry = (type: string): boolean => ['nodeEntered', 'outcomeAwaited'].includes(type);

async function play(
  c: Case,
  { chance, reconciles, cancelAt }: { chance: number; reconciles: boolean; cancelAt?: number },
): Promise<Play> {
  const failuresOf = (nodeId: string) => c.scripts[Number.parseInt(nodeId.slice(1), 10)]?.failures ?? 0;
  const graph = withConditions(c);
  const fate = seededRandom(c.seed + 1);
  const runs = new Map<string, number>();
  let losses = 0;
  const loses: Loses = (what) => {
    if ('delivery' in what && (isAnswered(what.delivery.message.type) || isEntry(what.delivery.message.type)))
      return false;
    // What is lost for ever cannot be repaired.
    if (losses >= 12 || fate() >= chance) return false;
    losses += 1;
    return true;
  };
  const world = createWorld({
    graphs: [graph],
    random: seededRandom(c.seed),
    // Attempts that were lost before they began tell nothing.
    script({ nodeId }) {
      const run = (runs.get(nodeId) ?? 0) + 1;
      runs.set(nodeId, run);
      return { ms: 1, end: run > failuresOf(nodeId) ? 'succeeded' : 'failed' };
    },
    loses,
  });
  for (const workerId of ['w1', 'w2']) world.register({ workerId, slots: 2, labels: '*' });
  world.submit(JOB, { graph, owner: 'ana', priority: 'normal' });
  if (cancelAt !== undefined) {
    const message = { type: 'cancel', reason: 'enough' } as const;
    world.at(cancelAt, () => world.tell({ to: { kind: 'job', id: JOB }, message }, 'cancel'));
  }
  const repairs: Repair[] = [];
  let isDue = false;
  for (let turn = 1; turn <= TURNS; turn++)
    world.at(turn * 5 * MINUTE, () => {
      isDue = reconciles;
    });
  await world.run(async () => {
    if (!isDue) return;
    isDue = false;
    // Two turns at once, as two invocations that overlap: what both find is told twice.
    const [one, other] = await Promise.all([world.reconcile([JOB]), world.reconcile([JOB])]);
    repairs.push(...one, ...other);
  });
  return { world, repairs, losses };
}

async function isDone({ world }: Play): Promise<boolean> {
  const job = await world.view({ kind: 'job', id: JOB });
  const pool = (await world.view({ kind: 'pool', id: WORLD_POOL })).state;
  return isOver(job.state.status) && pool.queued.size + pool.leases.size + pool.admission.running.size === 0;
}

async function expectSound(c: Case, { world }: Play): Promise<void> {
  const { state, index } = await world.view({ kind: 'job', id: JOB });
  expect(isOver(state.status)).toBe(true);
  const outcomes = Object.fromEntries(index.graph.nodes.map(({ id }, i) => [id, outcomeOf(state.nodes[i]!)]));
  if (c.graph.onFailure === 'continue' && state.cancelReason === undefined)
    expect(outcomes).toEqual(oracle(c));
  for (const [stream, events] of world.journal.streams) {
    expect(await verifyChain(events as Recorded[], stream)).toEqual({ valid: true, events: events.length });
  }
  const pool = (await world.view({ kind: 'pool', id: WORLD_POOL })).state;
  expect([pool.queued.size, pool.leases.size]).toEqual([0, 0]);
  expect([pool.admission.waiting.size, pool.admission.running.size]).toEqual([0, 0]);
  for (const starts of world.executions.values()) expect(starts).toBe(1);
}

describe('where things get lost on their way', () => {
  it('jobs hang for ever without the reconciler, and come to the right end with it', async () => {
    const kinds = new Set<string>();
    let hung = 0;
    await fc.assert(
      fc.asyncProperty(caseArbitrary, async (c) => {
        if (!(await isDone(await play(c, { chance: 0.08, reconciles: false })))) hung += 1;
        const repaired = await play(c, { chance: 0.08, reconciles: true });
        await expectSound(c, repaired);
        for (const { kind } of repaired.repairs) kinds.add(kind);
      }),
      { numRuns: 16 },
    );
    expect(hung).toBeGreaterThan(3);
    expect(kinds.size).toBeGreaterThan(4);
  });

  it('a job that is cancelled ends all the same', async () => {
    await fc.assert(
      fc.asyncProperty(caseArbitrary, fc.integer({ min: 1, max: 12 * MINUTE }), async (c, cancelAt) =>
        expectSound(c, await play(c, { chance: 0.08, reconciles: true, cancelAt })),
      ),
      { numRuns: 8 },
    );
  });

  it('nothing is repaired where nothing was lost, whenever one looks and however little is waited', async () => {
    let looks = 0;
    await fc.assert(
      fc.asyncProperty(caseArbitrary, async (c) => {
        const graph = withConditions(c);
        const random = seededRandom(c.seed);
        const world = createWorld({
          graphs: [graph],
          random,
          script: ({ attempt }) => ({ ms: 1 + random() * 50_000, end: attempt > 1 ? 'succeeded' : 'failed' }),
        });
        for (const workerId of ['w1', 'w2']) world.register({ workerId, slots: 2, labels: '*' });
        world.submit(JOB, { graph, owner: 'ana', priority: 'normal' });
        for (let at = 1; at <= 10 * MINUTE; at += 9_700) world.at(at, () => undefined);
        await world.run(async () => {
          if (world.now() === 0) return;
          looks += 1;
          expect(await world.reconcile([JOB], 0)).toEqual([]);
        });
      }),
      { numRuns: 6 },
    );
    expect(looks).toBeGreaterThan(200);
  });
});
