import fc from 'fast-check';
import { createWorld, type World } from '../../lib/adapters/memory/world';
import type { Graph, GraphNode } from '../../lib/core/dag/graph';
import { graphHash } from '../../lib/core/dag/hash';
import { planOfResume, type ResumeRequest } from '../../lib/core/engine/resume-plan-of';
import type { JobEvent } from '../../lib/core/job/events';
import { jobNodes } from '../../lib/core/job/nodes';
import type { PlannedNode } from '../../lib/core/job/resume-plan';
import type { Recorded } from '../../lib/core/journal/envelope';
import { jobAt } from '../../lib/core/messages/address';
import { isOver } from '../../lib/core/model/outcome';
import { seededRandom } from '../support/graphs';
import { graph, node, retrying } from '../support/job-driver';

const JOB = 'j';

/** What a node is: plain; mapped over a list of its own; or over the list that the first node it needs hands on. */
interface Kind {
  readonly over: 'nothing' | 'literal' | 'handedOn';
  readonly items: number;
  readonly needs: readonly number[];
  readonly trigger: GraphNode['trigger'];
}

/** What becomes of a node in the next graph. */
type Edit = 'same' | 'list' | 'command' | 'mapped' | 'plain';

interface Round {
  readonly isOther: boolean;
  readonly edits: readonly Edit[];
  /** Of the nodes and items that there are. */
  readonly from: readonly number[];
}

interface Case {
  readonly kinds: readonly Kind[];
  readonly rounds: readonly Round[];
  readonly onFailure: Graph['onFailure'];
  readonly seed: number;
}

const MOST = 7;
const kindArbitrary: fc.Arbitrary<Kind> = fc.record({
  over: fc.constantFrom('nothing', 'literal', 'handedOn'),
  items: fc.nat(3),
  needs: fc.uniqueArray(fc.nat(MOST), { maxLength: 2 }),
  trigger: fc.constantFrom('all_success', 'all_success', 'all_done', 'always'),
});
const caseArbitrary: fc.Arbitrary<Case> = fc.record({
  kinds: fc.array(kindArbitrary, { minLength: 2, maxLength: MOST }),
  rounds: fc.array(
    fc.record({
      isOther: fc.boolean(),
      edits: fc.array(fc.constantFrom<Edit>('same', 'same', 'same', 'list', 'command', 'mapped', 'plain'), {
        minLength: MOST,
        maxLength: MOST,
      }),
      from: fc.array(fc.nat(99), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  onFailure: fc.constantFrom('continue', 'continue', 'fail-fast', 'rollback'),
  seed: fc.nat(),
});

const listOf = (items: number, from = 0) => JSON.stringify(Array.from({ length: items }, (_, k) => from + k));

function graphOf({ kinds, onFailure }: Case): Graph {
  const nodes = kinds.map(({ over, items, needs: wanted, trigger }, i) => {
    const needs = wanted.filter((need) => need < i).map((need) => `n${need}`);
    const list = over === 'handedOn' && needs[0] ? `results.${needs[0]}.outputs.list` : listOf(items);
    const mapped = over === 'nothing' ? {} : { forEach: list };
    const undo = i % 3 === 0 ? { compensate: `undo n${i}` } : {};
    return node(`n${i}`, { needs, trigger, ...mapped, ...undo, ...retrying(2) });
  });
  return graph(nodes, { onFailure });
}

function edited(of: Graph, edits: readonly Edit[], round: number): Graph {
  const nodes = of.nodes.map((each, i): GraphNode => {
    const { forEach: _, ...plain } = each;
    switch (edits[i]) {
      case 'list':
        return each.forEach === undefined ? each : { ...each, forEach: listOf(1 + (i % 3), 10 * round) };
      case 'mapped':
        return { ...each, forEach: listOf(2, 20 * round) };
      case 'plain':
        return plain;
      case 'command':
        return { ...each, work: { kind: 'command', run: `run ${round}` } };
      default:
        return each;
    }
  });
  return { ...of, nodes };
}

/** Whether an attempt fails, and what a node hands on, are chance, and the same for the same attempt. */
function luckOf(seed: number, key: string): number {
  const mixed = [...key].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1_000_003, seed % 1_000_003);
  return seededRandom(mixed)();
}

const eventsOf = (world: World) => (world.journal.streams.get(`job/${JOB}`) ?? []) as Recorded<JobEvent>[];

/** Nodes and items that were decided and ended since. */
function ranSince(world: World, mark: number): Set<string> {
  const ended = eventsOf(world)
    .slice(mark)
    .flatMap(({ type, data }) => (type === 'node.completed' ? [data.nodeId] : []));
  return new Set(ended);
}

/** Nodes and items that began an attempt since. */
function begunSince(world: World, mark: number): string[] {
  return eventsOf(world)
    .slice(mark)
    .flatMap(({ type, data }) => (type === 'attempt.started' ? [data.nodeId] : []));
}

/** What was decided anew: its items are not known beforehand, and it stands for them. */
function asPlanned(ids: Iterable<string>, plan: readonly PlannedNode[]): string[] {
  const named = new Set(plan.map(({ nodeId }) => nodeId));
  const shown = [...ids].map((id) => (named.has(id) ? id : (id.split('-')[0] as string)));
  return [...new Set(shown)].sort();
}

interface Tally {
  items: number;
  anew: number;
  kept: number;
}

/** Ends a job, then resumes it round after round: each time the dry run is compared with what is run. */
async function play(c: Case, tally: Tally, crashes: number): Promise<void> {
  const first = graphOf(c);
  const graphs = [first];
  for (const [i, { isOther, edits }] of c.rounds.entries()) {
    const last = graphs[i] as Graph;
    graphs.push(isOther ? edited(last, edits, i + 1) : last);
  }
  const known = new Map(graphs.map((each) => [graphHash(each), each]));
  const store = { get: async (hash: string) => known.get(hash) as Graph };
  const world = createWorld({
    ...{ graphs: [...known.values()], random: seededRandom(c.seed) },
    ...(crashes > 0 && { faults: { crashes, duplicates: crashes } }),
    script({ nodeId, attempt }) {
      const luck = luckOf(c.seed, `${nodeId}/${attempt}`);
      const list = Array.from({ length: Math.floor(luck * 40) % 4 }, (_, k) => k);
      return { ms: 1, end: luck < 0.3 ? 'failed' : 'succeeded', outputs: { list } };
    },
  });
  world.register({ workerId: 'w', slots: 9, labels: '*' });
  world.submit(JOB, { graph: first, owner: 'ana', priority: 'normal' });
  await world.run();
  for (const [i, { isOther, from: salts }] of c.rounds.entries()) {
    const fold = await world.view(jobAt(JOB));
    expect(isOver(fold.state.status)).toBe(true);
    const next = graphs[i + 1] as Graph;
    // Items of a node that is mapped no more are refused: test/unit/core/engine/resume-plan-of.spec.ts.
    const mapped = new Set(next.nodes.flatMap(({ id, forEach }) => (forEach === undefined ? [] : [id])));
    const all = jobNodes(fold.index, fold.state).flatMap(({ id, node: { item } }) =>
      item && !mapped.has(`n${item.parent}`) ? [] : [id],
    );
    const from = [...new Set(salts.map((salt) => all[salt % all.length] as string))];
    const request: ResumeRequest = {
      ...(from.length > 0 && { from }),
      ...(isOther && { graphHash: graphHash(next) }),
    };
    const plan = await planOfResume(
      { journal: world.journal, graphs: store },
      { jobId: JOB, ...fold },
      request,
    );
    const mark = eventsOf(world).length;
    const message = {
      type: 'resume' as const,
      reason: 'again',
      ...request,
      ...(from.length > 0 && { from }),
    };
    world.tell({ to: jobAt(JOB), message }, `resume/${i}`);
    await world.run();
    const runs = plan.nodes.flatMap(({ nodeId, runs: does }) => (does ? [nodeId] : []));
    expect(asPlanned(ranSince(world, mark), plan.nodes)).toEqual([...runs].sort());
    for (const id of asPlanned(begunSince(world, mark), plan.nodes)) expect(runs).toContain(id);
    const { state } = await world.view(jobAt(JOB));
    expect(isOver(state.status)).toBe(true);
    tally.items += from.filter((id) => id.includes('-')).length;
    tally.anew += plan.itemsGone.length;
    tally.kept += plan.nodes.length - runs.length;
  }
}

describe('what a dry run says of a job with mapped nodes that is resumed, from nodes and items, over graphs with other lists', () => {
  it.each([
    ['nothing goes wrong', 0],
    ['the engine dies at any point', 0.04],
  ])('is what then runs, and no more, where %s', async (_, crashes) => {
    const tally: Tally = { items: 0, anew: 0, kept: 0 };
    await fc.assert(
      fc.asyncProperty(caseArbitrary, (c) => play(c, tally, crashes)),
      { numRuns: 80 },
    );
    expect(tally.items).toBeGreaterThan(20);
    expect(tally.anew).toBeGreaterThan(30);
    expect(tally.kept).toBeGreaterThan(100);
  });
});
