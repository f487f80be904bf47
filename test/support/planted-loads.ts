import { createPoolLoads } from '../../lib/adapters/aws/table/loads';
import { createWorld, WORLD_POOL } from '../../lib/adapters/memory/world';
import type { Bound, BoundKind } from '../../lib/core/capacity/bottleneck-bound';
import type { Load } from '../../lib/core/capacity/load';
import { measuresOf } from '../../lib/core/capacity/load-measures';
import type { Graph, GraphNode } from '../../lib/core/dag/graph';
import { graphHash } from '../../lib/core/dag/hash';
import { dependencyAt, poolAt } from '../../lib/core/messages/address';
import type { Worker } from '../../lib/core/messages/pool';
import type { Priority } from '../../lib/core/model/priority';
import { graphNode, seededRandom } from './graphs';

/** A load that ran in the engine in virtual time, with a bound that was planted. */
export interface PlantedLoad {
  readonly planted: Bound;
  readonly load: Load;
  /** How many times as long jobs took on average as without the plant. */
  readonly severity: number;
}

interface PlannedJob {
  readonly jobId: string;
  readonly at: number;
  readonly graph: Graph;
  readonly owner: string;
  readonly priority: Priority;
}

/** What is run: a fleet, jobs, and what happens meanwhile. */
interface Plan {
  readonly workers: readonly Worker[];
  readonly jobs: readonly PlannedJob[];
  readonly maxRunningJobs: number;
  /** The dependency is held open for this time. */
  readonly outage?: { readonly dependency: string; readonly from: number; readonly until: number };
}

type Random = () => number;
const between = (random: Random, least: number, most: number) =>
  least + Math.floor(random() * (most - least + 1));
const pick = <T>(random: Random, values: readonly T[]): T => values[between(random, 0, values.length - 1)]!;
/** Most near a minute, a few much longer. */
const duration = (random: Random) => Math.round(20_000 * Math.exp(1.6 * random()));

/** Jobs are this much longer with the plant at least: else another load is drawn. */
const LEAST_SEVERITY = 1.2;

/** The same seed gives the same load. */
export async function plantedLoad(kind: BoundKind, seed: number): Promise<PlantedLoad> {
  for (let draw = 0; ; draw++) {
    const random = seededRandom(seed * 1_009 + draw * 97 + 7);
    const sound = soundPlan(random);
    const { plan, planted } = PLANTS[kind](sound, random);
    const script = seed * 31 + draw;
    const load = await run(plan, script);
    const severity =
      measuresOf(load).makespanMs.mean /
      measuresOf(await run(withoutPlant(plan, sound), script)).makespanMs.mean;
    if (severity >= LEAST_SEVERITY) return { planted, load, severity };
    if (draw > 200) throw new Error(`no load is bound by ${kind} with seed ${seed}`);
  }
}

/** A plant changes the means or what nodes ask for; without it both are as they were. */
function withoutPlant({ jobs }: Plan, sound: Plan): Plan {
  const before = new Map(sound.jobs.map((job) => [job.jobId, job]));
  return { ...sound, jobs: jobs.map((job) => before.get(job.jobId) ?? job) };
}

/** Nothing is short: more slots than are asked for at once, keys and resources that never run out. */
function soundPlan(random: Random): Plan {
  const graphs = Array.from({ length: between(random, 1, 3) }, (_, i) => soundGraph(random, `graph${i}`));
  const jobs = Array.from({ length: between(random, 1, 5) }, (_, i): PlannedJob => {
    const owner = pick(random, ['ana', 'ben', 'cem']);
    const priority = pick(random, ['high', 'normal', 'low'] as const);
    return { jobId: `job${i}`, at: between(random, 0, 60_000), graph: pick(random, graphs), owner, priority };
  });
  const width = Math.max(...graphs.map(({ nodes }) => nodes.length / 4));
  const count = Math.ceil((width * jobs.length) / 1.5) + 4;
  const slots = between(random, 1, 2);
  const workers = Array.from(
    { length: count },
    (_, i): Worker => ({
      workerId: `w${i}`,
      labels: i % 2 === 0 ? ['linux', 'browser'] : ['linux'],
      slots,
      resources: { licence: 4 },
    }),
  );
  return { workers, jobs, maxRunningJobs: 50 };
}

/** Layers of nodes that need some of the layer before. */
function soundGraph(random: Random, name: string): Graph {
  const layers = Array.from({ length: between(random, 3, 5) }, () => between(random, 2, 7));
  const nodes: GraphNode[] = [];
  let before: string[] = [];
  layers.forEach((size, layer) => {
    const own = Array.from({ length: size }, (_, i) => `n${layer}x${i}`);
    for (const id of own) {
      const needs = before.filter(() => random() < 0.5);
      if (needs.length === 0 && before.length > 0) needs.push(pick(random, before));
      nodes.push(soundNode(random, id, needs));
    }
    before = own;
  });
  return { name, nodes, onFailure: 'continue' };
}

function soundNode(random: Random, id: string, needs: readonly string[]): GraphNode {
  return graphNode(id, {
    needs,
    durationMs: duration(random),
    labels: random() < 0.15 ? ['browser'] : ['linux'],
    ...(random() < 0.4
      ? { work: { kind: 'suite', suite: pick(random, ['smoke', 'api', 'ui', 'load']) } }
      : {}),
    ...(random() < 0.15 ? { concurrency: { key: 'tenant', limit: 50 } } : {}),
    ...(random() < 0.15 ? { resources: { licence: 1 } } : {}),
    ...(random() < 0.15 ? { dependencies: ['payments'] } : {}),
    retry: { strategy: 'fixed', initialDelayMs: 1_000, maxDelayMs: 1_000, maxAttempts: 3, jitter: 'none' },
  } as Partial<GraphNode>);
}

type Plant = (plan: Plan, random: Random) => { readonly plan: Plan; readonly planted: Bound };

const PLANTS: Readonly<Record<BoundKind, Plant>> = {
  lock(plan, random) {
    const concurrency = { key: 'database', limit: between(random, 1, 2) };
    const some = shareOfNodes(random);
    return {
      plan: withNodes(plan, (node) => (some(node) ? { ...node, concurrency } : node)),
      planted: { kind: 'lock', name: 'database' },
    };
  },
  resource(plan, random) {
    const amount = between(random, 1, 2);
    const some = shareOfNodes(random);
    const holders = between(random, 1, 2);
    const asked = withNodes(plan, (node) => (some(node) ? { ...node, resources: { phone: 1 } } : node));
    const workers = plan.workers.map((worker, i) =>
      i < holders ? { ...worker, slots: worker.slots + 3, resources: { licence: 4, phone: amount } } : worker,
    );
    return { plan: { ...asked, workers }, planted: { kind: 'resource', name: 'phone' } };
  },
  label(plan, random) {
    const some = shareOfNodes(random);
    const holders = between(random, 1, 2);
    const asked = withNodes(plan, (node) => (some(node) ? { ...node, labels: ['gpu'] } : node));
    const workers = plan.workers.map((worker, i) =>
      i < holders ? { ...worker, labels: [...worker.labels, 'gpu'], slots: 1 } : worker,
    );
    return { plan: { ...asked, workers }, planted: { kind: 'label', name: 'gpu' } };
  },
  slots(plan, random) {
    const left = Math.max(2, Math.round(plan.workers.length / between(random, 4, 8)));
    // Alike, so that no label of them is scarcer than the pool.
    const workers = plan.workers
      .slice(0, left)
      .map((worker) => ({ ...worker, labels: ['linux', 'browser'] }));
    return { plan: { ...plan, workers }, planted: { kind: 'slots', name: '' } };
  },
  queue(plan, random) {
    return { plan: { ...plan, maxRunningJobs: between(random, 1, 2) }, planted: { kind: 'queue', name: '' } };
  },
  dependency(plan, random) {
    const some = shareOfNodes(random);
    const asked = withNodes(plan, (node) => (some(node) ? { ...node, dependencies: ['bank'] } : node));
    const from = between(random, 0, 60_000);
    const outage = { dependency: 'bank', from, until: from + between(random, 300_000, 900_000) };
    return { plan: { ...asked, outage }, planted: { kind: 'dependency', name: 'bank' } };
  },
  suite(plan, random) {
    // One node of every layer but a few, of every graph: no single node is the matter.
    const times = between(random, 3, 6);
    return {
      plan: withNodes(plan, (node) => {
        if (!/x0$/.test(node.id)) return node;
        const work = { kind: 'suite', suite: 'regression' } as const;
        return { ...node, work, durationMs: (node.durationMs ?? 0) * times };
      }),
      planted: { kind: 'suite', name: 'regression' },
    };
  },
  node(plan, random) {
    const [first] = plan.jobs;
    const graph = first!.graph;
    const { id } = pick(random, graph.nodes);
    const durationMs = between(random, 600_000, 1_500_000);
    const ofOne = { ...plan, jobs: plan.jobs.map((job) => ({ ...job, graph })) };
    return {
      plan: withNodes(ofOne, (node) =>
        node.id === id ? { ...node, work: { kind: 'command', run: 'long' }, durationMs } : node,
      ),
      planted: { kind: 'node', name: `${graph.name}/${id}` },
    };
  },
};

/** Picks a third of the nodes or so, always the same ones of a graph. */
function shareOfNodes(random: Random): (node: GraphNode) => boolean {
  const share = 0.25 + 0.25 * random();
  const picked = new Map<string, boolean>();
  return ({ id }) => {
    if (!picked.has(id)) picked.set(id, random() < share);
    return picked.get(id) as boolean;
  };
}

function withNodes(plan: Plan, change: (node: GraphNode) => GraphNode): Plan {
  const changed = new Map<Graph, Graph>();
  const graphOf = (graph: Graph) => {
    const known = changed.get(graph) ?? { ...graph, nodes: graph.nodes.map(change) };
    changed.set(graph, known);
    return known;
  };
  return { ...plan, jobs: plan.jobs.map((job) => ({ ...job, graph: graphOf(job.graph) })) };
}

/** Runs a plan in the engine: attempts take a tenth more or less than expected, and one in thirty fails. */
async function run(plan: Plan, seed: number): Promise<Load> {
  const random = seededRandom(seed);
  const graphs = new Map(plan.jobs.map(({ graph }) => [graphHash(graph), graph]));
  const graphOf = new Map(plan.jobs.map(({ jobId, graph }) => [jobId, graph]));
  const world = createWorld({
    graphs: [...graphs.values()],
    random,
    script({ jobId, nodeId, attempt }) {
      const expected = graphOf.get(jobId)!.nodes.find(({ id }) => id === nodeId)!.durationMs ?? 0;
      const noise = seededRandom(
        seed + [...`${jobId}/${nodeId}/${attempt}`].reduce((h, c) => h * 31 + c.charCodeAt(0), 7),
      );
      const end = noise() < 1 / 30 && attempt < 3 ? ('failed' as const) : ('succeeded' as const);
      return { ms: Math.round(expected * (0.9 + 0.2 * noise())), end };
    },
  });
  for (const worker of plan.workers) world.register(worker);
  const { maxRunningJobs, outage } = plan;
  world.tell({ to: poolAt(WORLD_POOL), message: { type: 'queueLimited', maxRunningJobs } }, 'limit');
  for (const { jobId, at, ...submission } of plan.jobs) world.at(at, () => world.submit(jobId, submission));
  if (outage) {
    const to = dependencyAt(outage.dependency);
    const by = { by: 'ana', reason: 'planted' };
    world.at(outage.from, () =>
      world.tell({ to, message: { type: 'forced', status: 'open', ...by } }, 'out'),
    );
    world.at(outage.until, () => world.tell({ to, message: { type: 'reset', ...by } }, 'in'));
  }
  await world.run();
  // As a deployed engine reads it.
  const loads = createPoolLoads({
    ...{ journal: world.journal, graphs: { get: async (hash) => graphs.get(hash)! } },
    workers: { list: async () => [] },
  });
  return loads.load({ pool: WORLD_POOL, jobs: plan.jobs.length });
}
