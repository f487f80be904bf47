import fc from 'fast-check';
import { createWorld, type World, type WorldOptions } from '../../lib/adapters/memory/world';
import type { Graph } from '../../lib/core/dag/graph';
import type { JobEvent } from '../../lib/core/job/events';
import { jobNodes } from '../../lib/core/job/nodes';
import { outcomeOf } from '../../lib/core/job/state';
import type { Recorded } from '../../lib/core/journal/envelope';
import { verifyChain } from '../../lib/core/journal/verify';
import { jobAt } from '../../lib/core/messages/address';
import type { JobMessage } from '../../lib/core/messages/job';
import { attemptKey } from '../../lib/core/model/attempt';
import { isOver } from '../../lib/core/model/outcome';
import { seededRandom } from '../support/graphs';
import { type Case, caseArbitrary, rollbackCaseArbitrary } from '../support/job-cases';
import { graph, node } from '../support/job-driver';
import { checkRollbacks } from '../support/rollback-checks';
import { withConditions } from '../support/scripted-conditions';

const JOB = 'j';
const HOUR = 3_600_000;

interface Played {
  readonly world: World;
  readonly graph: Graph;
  /** States of nodes in which an execution entered them again. */
  readonly entered: ReadonlySet<string>;
}

const eventsOf = ({ journal }: World) => (journal.streams.get(`job/${JOB}`) ?? []) as Recorded<JobEvent>[];

/** Plays a job, and has executions of it redriven by Step Functions at these times. */
async function play(
  c: Case,
  redrivenAt: readonly number[],
  more: Pick<WorldOptions, 'faults'> & { readonly orders?: readonly JobMessage[] } = {},
): Promise<Played> {
  const { orders: asked = [], ...rest } = more;
  const of = withConditions(c);
  const scriptOf = (nodeId: string) => c.scripts[Number.parseInt(nodeId.slice(1), 10)];
  const undoing = new Set<string>();
  const entered = new Set<string>();
  const world = createWorld({
    ...{ graphs: [of], random: seededRandom(c.seed), ...rest },
    onDispatch({ work, ...ref }) {
      if (work?.kind === 'command' && work.compensates) undoing.add(attemptKey(ref));
    },
    script(ref) {
      const { failures = 0 } = scriptOf(ref.nodeId) ?? {};
      const fails = !undoing.has(attemptKey(ref)) && ref.attempt <= failures;
      return { ms: 40, end: fails ? 'failed' : 'succeeded' };
    },
  });
  for (const workerId of ['w1', 'w2']) world.register({ workerId, slots: 2, labels: '*' });
  world.submit(JOB, { graph: of, owner: 'ana', priority: 'normal' });
  let due = 0;
  for (const at of redrivenAt) world.at(at, () => void due++);
  const orders = [...asked];
  await world.run(async () => {
    const { state, index } = await world.view(jobAt(JOB));
    for (; due > 0; due--) {
      const run = 1 + (due % Math.max(1, state.run ?? 1));
      for (const { node: each } of jobNodes(index, state)) {
        entered.add(each.phase === 'final' ? `${outcomeOf(each)}` : each.phase);
        if (state.rollback && !isOver(state.status)) entered.add('rolling back');
      }
      world.workflow.redrive(JOB, run);
    }
    const message = isOver(state.status) ? orders.shift() : undefined;
    if (message) world.tell({ to: jobAt(JOB), message }, `order/${orders.length}`);
  });
  return { world, graph: of, entered };
}

async function expectSound({ world, graph: of }: Played): Promise<void> {
  const { state } = await world.view(jobAt(JOB));
  expect(isOver(state.status)).toBe(true);
  expect(state.nodes.every(({ phase }) => phase === 'final')).toBe(true);
  expect([...world.workflow.waiting()]).toEqual([]);
  for (const starts of world.executions.values()) expect(starts).toBe(1);
  const events = eventsOf(world);
  expect(await verifyChain(events, `job/${JOB}`)).toEqual({ valid: true, events: events.length });
  checkRollbacks(of, events);
}

/** How all of it ended, and what ran for that. */
async function endOf({ world }: Played) {
  const { state, index } = await world.view(jobAt(JOB));
  const outcomes = jobNodes(index, state).map(({ id, node: each }) => `${id} ${outcomeOf(each)}`);
  return { status: state.status, outcomes, ran: [...world.executions.keys()].sort() };
}

const times = fc.array(fc.nat(2_000), { minLength: 2, maxLength: 6 });
const often = fc.array(fc.nat(500), { minLength: 8, maxLength: 14 });
const RESUMED: readonly JobMessage[] = [{ type: 'resume', reason: 'again', from: ['n0'] }];

describe('an execution that Step Functions redrives while its job runs', () => {
  it('enters nodes again in whatever state they are, and changes nothing of what runs and how it ends', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(caseArbitrary, times, async (of, at) => {
        const c: Case = { ...of, graph: { ...of.graph, onFailure: 'continue' } };
        const redriven = await play(c, at);
        await expectSound(redriven);
        expect(await endOf(redriven)).toEqual(await endOf(await play(c, [])));
        for (const state of redriven.entered) seen.add(state);
      }),
      { numRuns: 60 },
    );
    for (const state of ['waiting', 'running', 'backoff', 'expanded', 'succeeded', 'failed', 'skipped'])
      expect([...seen]).toContain(state);
  });

  it('does no more where the job goes on by a later execution, and where the engine dies at any point', async () => {
    let crashes = 0;
    await fc.assert(
      fc.asyncProperty(caseArbitrary, times, async (c, at) => {
        const faults = { crashes: 0.05, duplicates: 0.1 };
        const played = await play(c, at, { faults, orders: RESUMED });
        await expectSound(played);
        expect((await played.world.view(jobAt(JOB))).state.run).toBeGreaterThan(1);
        crashes += played.world.crashes();
      }),
      { numRuns: 25 },
    );
    expect(crashes).toBeGreaterThan(50);
  });

  it('lets a rollback undo each node once, before it, within it and after it', async () => {
    let within = 0;
    await fc.assert(
      fc.asyncProperty(rollbackCaseArbitrary, often, async (c, at) => {
        const played = await play(c, [...at, 5_000]);
        await expectSound(played);
        if (played.entered.has('rolling back')) within += 1;
      }),
      { numRuns: 40 },
    );
    expect(within).toBeGreaterThan(5);
  });
});

/** A job whose first node was done and undone, as the second failed. */
async function rolledBack(): Promise<World> {
  const of = graph([node('a', { compensate: 'undo' }), node('b', { needs: ['a'] })], {
    onFailure: 'rollback',
  });
  const world = createWorld({
    ...{ graphs: [of], random: seededRandom(3) },
    script: ({ nodeId }) => ({ ms: 10, end: nodeId === 'b' ? 'failed' : 'succeeded' }),
  });
  world.register({ workerId: 'w', slots: 2, labels: '*' });
  world.submit(JOB, { graph: of, owner: 'ana', priority: 'normal' });
  await world.run();
  expect((await world.view(jobAt(JOB))).state.nodes[0]).toMatchObject({ rollback: 'undone' });
  return world;
}

describe('an execution that Step Functions redrives after its job', () => {
  it('was rolled back is answered as the job ended, and nothing is done or undone again', async () => {
    const world = await rolledBack();
    const before = eventsOf(world).length;
    const ran = [...world.executions];
    world.workflow.redrive(JOB, 1);
    await world.run();
    const since = eventsOf(world).slice(before);
    expect(new Set(since.map(({ type }) => type))).toEqual(new Set(['node.entered', 'job.outcomeAwaited']));
    expect([...world.executions]).toEqual(ran);
    expect([...world.workflow.waiting()]).toEqual([]);
    const { state } = await world.view(jobAt(JOB));
    expect([state.status, state.nodes[0]?.rollback]).toEqual(['failed', 'undone']);
  });

  it('was removed by the cleanup begins no job, and is stopped by the reconciler', async () => {
    const world = await rolledBack();
    (world.journal.streams as Map<string, unknown>).delete(`job/${JOB}`);
    const ran = [...world.executions];
    world.workflow.redrive(JOB, 1);
    await world.run();
    expect([...world.journal.streams.keys()]).not.toContain(`job/${JOB}`);
    expect([...world.executions]).toEqual(ran);
    expect(world.workflow.waiting().size).toBe(1);
    world.at(world.now() + 2 * HOUR, () => undefined);
    await world.run();
    expect(await world.reconcile([])).toMatchObject([
      { kind: 'strayExecution', why: 'the workflow runs for a job that there is not' },
    ]);
    await world.run();
    expect([...world.workflow.waiting()]).toEqual([]);
    expect(await world.reconcile([])).toEqual([]);
    expect([...world.journal.streams.keys()]).not.toContain(`job/${JOB}`);
  });
});
