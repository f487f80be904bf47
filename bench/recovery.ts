import { derivedSeed } from '../lib/chaos/draw';
import { FAULT_KINDS, type FaultKind } from '../lib/chaos/faults';
import { play } from '../lib/chaos/play';
import { createScenario, type Scenario } from '../lib/chaos/workload/scenario';
import { type Alteration, UNALTERED } from '../lib/chaos/world/alteration';
import { type Watcher, watchers } from '../lib/chaos/world/watch';
import { retryOf } from '../lib/core/dag/check/retry';
import type { Graph } from '../lib/core/dag/graph';
import { graphHash } from '../lib/core/dag/hash';
import type { Kind } from '../lib/core/engine/kind';
import type { DomainEvent } from '../lib/core/journal/envelope';
import { DEFAULT_RECOVERY } from '../lib/core/model/recovery';
import { percentile } from './measure';
import {
  measureDetection,
  measureInterventions,
  measureRequests,
  measureRollbacks,
  measureTransients,
} from './recovery-measures';

const SEEDS = [1, 2, 3];
const WORLDS = 25;
const JOBS = 12;
/** People do nothing, nobody writes nonsense into queues, and clocks are right: times are compared. */
const LEFT_OUT: readonly FaultKind[] = ['command', 'poison', 'lyingReport', 'skew'];
const KINDS = FAULT_KINDS.filter((kind) => !LEFT_OUT.includes(kind));
/** What `retry: {}` in a graph means. */
const RETRY = retryOf({}, undefined);

const SERVICES = {
  journal: 'the table',
  queues: 'queues and timers',
  workflow: 'Step Functions',
  snapshots: 'snapshots',
  dispatch: 'workers',
} as const;
/** Each is out for twenty seconds of every two minutes. */
const OUT = { everyMs: 120_000, forMs: 20_000 };
const LOOKS_EVERY_MS = 500;

/** Figures of recovery, of the simulation: docs/performance.md says what is counted. */
export async function benchRecovery(given: readonly number[] = []): Promise<void> {
  const seeds = given.length > 0 ? given : SEEDS;
  console.log(
    `\n### recovery: seeds ${seeds.join(', ')}, ${WORLDS} worlds of ${JOBS} jobs each (virtual time)\n`,
  );
  const [transients, rollbacks, engine] = [measureTransients(), measureRollbacks(), measureInterventions()];
  const [inChaos, alone, retriesAlone] = [measureDetection(), measureDetection(), measureInterventions()];
  for (const scenario of load(seeds, KINDS)) {
    await watched(scenario, [transients.watcher(), engine.watcher(), inChaos.watcher()]);
    await watched(withRetriesAlone(scenario), [retriesAlone.watcher()], RETRIES_ALONE);
  }
  for (const scenario of load(seeds, ['workerDeath'])) await watched(scenario, [alone.watcher()]);
  for (const scenario of load(seeds, KINDS)) await watched(withRollbacks(scenario), [rollbacks.watcher()]);
  console.log('| figure | of | result |');
  console.log('| --- | ---: | ---: |');
  const { recovered, failed, failedBy, otherwise } = transients.counted();
  row('nodes with a transient failure that succeeded without a person', recovered, recovered + failed);
  console.log(`| those that failed, by what failed them last: ${told(failedBy)} | ${failed} | |`);
  console.log(`| (ended otherwise: a fault of the product, or cancelled with their job) | ${otherwise} | |`);
  const { complete, incomplete, byCommand, parked, withEvidence } = rollbacks.counted();
  row('rollbacks that undid everything', complete, complete + incomplete);
  row(
    'the same, without those stopped by commands that never work',
    complete,
    complete + incomplete - byCommand,
  );
  row('steps that could not be undone, parked with evidence', withEvidence, parked);
  times('machines that died with work, noticed: nothing else wrong', alone.counted().inCompany);
  times('the same, where all of the fleet died', alone.counted().alone);
  times('the first, everything else wrong too', inChaos.counted().inCompany);
  times('of that, until a sweep held it for lost', inChaos.counted().untilHeld);
  times('of that, from then until its pool had handled it', inChaos.counted().untilHandled);
  times('the first, all of the fleet dead and everything else wrong too', inChaos.counted().alone);
  times(
    'attempts that died with it, until they were made again: nothing else wrong',
    alone.counted().untilRecovery,
  );
  times('the same, everything else wrong too', inChaos.counted().untilRecovery);
  row(
    'noticed within a minute',
    inChaos.counted().inCompany.filter((ms) => ms < 60_000).length,
    inChaos.counted().inCompany.length,
  );
  const [own, theirs] = [sum(engine.counted()), sum(retriesAlone.counted())];
  console.log(
    `| what a person has to see to, with retries alone | ${told(retriesAlone.counted())} | ${theirs} |`,
  );
  console.log(`| the same with everything | ${told(engine.counted())} | ${own} |`);
  row('fewer', theirs - own, theirs);
  await availability(seeds);
}

async function availability(seeds: readonly number[]): Promise<void> {
  console.log('\n| out for 20 s of every 2 min | requests | answered at once | answered |');
  console.log('| --- | ---: | ---: | ---: |');
  const total = { asked: 0, atOnce: 0, answered: 0 };
  for (const [service, name] of Object.entries(SERVICES)) {
    let until = 0;
    const requests = measureRequests(() => until);
    for (const seed of seeds) {
      const scenario = createScenario({ seed: derivedSeed(seed, service), jobs: 3 * JOBS, faults: [] });
      until = scenario.calmAt;
      const weights = { command: 1 };
      const failing = { service, ...OUT };
      await watched({ ...scenario, weights, failing, looksEveryMs: LOOKS_EVERY_MS }, [requests.watcher()]);
    }
    const { asked, atOnce, answered } = requests.counted();
    total.asked += asked;
    total.atOnce += atOnce;
    total.answered += answered;
    requested(name, requests.counted());
  }
  requested('all', total);
}

function requested(
  name: string,
  { asked, atOnce, answered }: { asked: number; atOnce: number; answered: number },
): void {
  console.log(`| ${name} | ${asked} | ${share(atOnce, asked)} | ${share(answered, asked)} |`);
}

function* load(seeds: readonly number[], faults: readonly FaultKind[]): Generator<Scenario> {
  for (const seed of seeds)
    for (let nth = 1; nth <= WORLDS; nth++)
      yield graphsOf(
        createScenario({ seed: derivedSeed(seed, `world ${nth}`), jobs: JOBS, faults }),
        ({ nodes, ...graph }) => ({
          ...graph,
          nodes: nodes.map(({ recovery: _, ...node }) => ({ ...node, retry: RETRY })),
        }),
      );
}

function graphsOf(scenario: Scenario, change: (graph: Graph) => Graph): Scenario {
  const jobs = scenario.jobs.map((job) => {
    const graph = change(job.graph);
    return { ...job, graph, hash: graphHash(graph) };
  });
  return { ...scenario, jobs };
}

/** @throws Error when a promise is not kept: figures of a broken engine say nothing. */
async function watched(scenario: Scenario, by: readonly Watcher[], alteration?: Alteration): Promise<void> {
  const watcher = watchers(by);
  const { violations } = await play(
    alteration ? { scenario, watcher, alteration, invariants: [] } : { scenario, watcher },
  );
  const [first] = violations;
  if (first) throw new Error(`${first.invariant} in the world of seed ${scenario.seed}: ${first.detail}`);
}

/** Every graph undoes what it did when a node fails for good, and every node says how. */
function withRollbacks(scenario: Scenario): Scenario {
  return graphsOf(scenario, ({ nodes, ...graph }) => ({
    ...{ ...graph, onFailure: 'rollback' },
    nodes: nodes.map((node) => ({ ...node, compensate: `undo ${node.id}` })),
  }));
}

/** A node whose attempt is lost is given up, as nobody tries it elsewhere. */
function withRetriesAlone(scenario: Scenario): Scenario {
  const recovery = { ...DEFAULT_RECOVERY, lost: 'park' } as const;
  return graphsOf(scenario, ({ nodes, ...graph }) => {
    return { ...graph, nodes: nodes.map((node) => ({ ...node, recovery })) };
  });
}

type Any = Kind<never, never, never, DomainEvent>;

/** The engine without recovery of workflows, without breakers and without the reconciler. */
const RETRIES_ALONE: Alteration = {
  ...UNALTERED,
  reconciler: (deps) => ({ ...deps, graceMs: Number.POSITIVE_INFINITY }),
  kinds: (kinds) => ({
    ...kinds,
    job: deciding(kinds.job as unknown as Any, (decide) => (state, input) => {
      return input.type === 'workflowEnded' ? [] : decide(state, input);
    }) as never,
    pool: deciding(kinds.pool as unknown as Any, (decide) => (state, input) => {
      return decide({ ...state, dependencies: new Map() }, input);
    }) as never,
  }),
};

type Decide = (state: object, input: { readonly type: string }) => readonly DomainEvent[];

function deciding(kind: Any, change: (decide: Decide) => Decide): Any {
  return {
    ...kind,
    open: async (...of) => {
      const stream = await kind.open(...of);
      if (!stream) return stream;
      const decide = change(stream.decider.decide as unknown as Decide);
      return { ...stream, decider: { ...stream.decider, decide: decide as never } };
    },
  };
}

const sum = (counts: object): number => Object.values(counts).reduce((a: number, b: number) => a + b, 0);
const told = (counts: object): string =>
  Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
const share = (part: number, whole: number): string =>
  whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(2)} %`;

function row(figure: string, part: number, whole: number): void {
  console.log(`| ${figure} | ${whole} | ${share(part, whole)} |`);
}

function times(figure: string, sorted: readonly number[]): void {
  if (sorted.length === 0) {
    console.log(`| ${figure} | 0 | none |`);
    return;
  }
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)].map(seconds);
  console.log(
    `| ${figure} | ${sorted.length} | p50 ${p50}, p99 ${p99}, max ${seconds(sorted.at(-1) ?? 0)} |`,
  );
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
