import { between, derivedSeed, draw } from './draw';
import { type FaultKind, nameOf } from './faults';
import { INVARIANTS } from './invariants/all';
import { type Played, play } from './play';
import { shrink } from './shrink';
import { createScenario, type Scenario, START } from './workload/scenario';
import { type Alteration, UNALTERED } from './world/alteration';

export interface ChaosOptions {
  readonly seed: number;
  readonly jobs: number;
  /** Kinds of faults that may strike; all where absent. */
  readonly faults?: readonly FaultKind[] | undefined;
  /** This world alone, counted from 1. */
  readonly world?: number | undefined;
  readonly alteration?: Alteration;
  /** Hears every line of every world. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Hears of each world that was played: how many jobs it had. */
  readonly onWorld?: ((jobs: number) => void) | undefined;
  /** Worlds that may be played to make one that fails smaller. */
  readonly plays?: number;
}

/** A broken promise with the smallest world that was found to break it. */
export interface Finding {
  readonly invariant: string;
  /** What must hold. */
  readonly says: string;
  /** What did not. */
  readonly detail: string;
  /** Number and seed of the world. */
  readonly world: number;
  readonly worldSeed: number;
  /** What is left of it. */
  readonly jobs: readonly string[];
  readonly nodes: number;
  readonly faults: readonly string[];
  readonly trace: readonly string[];
}

/** The same for the same options, byte for byte. */
export interface ChaosReport {
  readonly seed: number;
  readonly jobs: number;
  readonly worlds: number;
  readonly events: number;
  /** Virtual time of all worlds, in hours. */
  readonly virtualHours: number;
  /** How often faults struck, by kind. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly invariants: number;
  readonly violations: readonly Finding[];
}

/** Findings of one run: more would not tell more. */
const MOST_FINDINGS = 3;
const PLAYS = 250;
const LINES = 400;

/** Plays worlds until they have had as many jobs as were asked for, or too much has been found. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, jobs, onWorld, alteration = UNALTERED } = options;
  const counts = new Map<FaultKind, number>();
  const violations: Finding[] = [];
  let [worlds, events, elapsedMs] = [0, 0, 0];
  for (const { nth, scenario } of scenarios(options)) {
    const played = await play({ scenario, alteration, ...lines(options.onLine) });
    worlds += 1;
    events += played.events;
    elapsedMs += played.elapsedMs;
    for (const { kind } of played.faults) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    onWorld?.(scenario.jobs.length);
    if (played.violations.length > 0)
      violations.push(await findingOf(nth, scenario, played, { alteration, plays: options.plays ?? PLAYS }));
    if (violations.length >= MOST_FINDINGS) break;
  }
  return {
    ...{ seed, jobs, worlds, events },
    virtualHours: Math.round(elapsedMs / 36_000) / 100,
    faults: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    invariants: INVARIANTS.length,
    violations,
  };
}

/** The worlds of a run: small ones, which shrink easily, and some that are crowded. */
function* scenarios({ seed, jobs, faults, world }: ChaosOptions): Generator<{
  readonly nth: number;
  readonly scenario: Scenario;
}> {
  for (let [nth, left] = [1, jobs]; left > 0; nth++) {
    const worldSeed = derivedSeed(seed, `world ${nth}`);
    const isCrowded = draw(worldSeed, 'crowded') < 0.1;
    const size = Math.min(
      left,
      isCrowded ? between(40, 90, draw(worldSeed, 'size')) : between(3, 30, draw(worldSeed, 'size')),
    );
    left -= size;
    if (world !== undefined && nth !== world) continue;
    yield { nth, scenario: createScenario({ seed: worldSeed, jobs: size, faults }) };
  }
}

function lines(onLine: ((line: string) => void) | undefined) {
  if (!onLine) return {};
  return { onLine: (at: number, who: string, what: string) => onLine(lineOf(at, who, what)) };
}

/** `+1:02:03.004  p1        job/j1 #4 node.ready n0 1`. */
function lineOf(at: number, who: string, what: string): string {
  const time = new Date(Math.max(0, Math.round(at - START))).toISOString().slice(11, 23);
  return `+${time}  ${who.padEnd(8)}  ${what}`;
}

async function findingOf(
  world: number,
  scenario: Scenario,
  found: Played,
  { alteration, plays }: { readonly alteration: Alteration; readonly plays: number },
): Promise<Finding> {
  const shrunk = await shrink({ scenario, alteration, found, plays });
  const { invariant, detail, at } = shrunk.violation;
  const trace: string[] = [];
  await play({
    ...{ scenario: shrunk.scenario, alteration, only: new Set(shrunk.faults.map(nameOf)) },
    onLine: (...of) => void trace.push(lineOf(...of)),
  });
  trace.push(lineOf(at, 'broken', `${invariant}: ${detail}`));
  const { jobs } = shrunk.scenario;
  return {
    ...{ invariant, detail, world, worldSeed: scenario.seed },
    says: INVARIANTS.find(({ name }) => name === invariant)?.says ?? '',
    jobs: jobs.map(({ jobId }) => jobId),
    nodes: jobs.reduce((sum, { graph }) => sum + graph.nodes.length, 0),
    faults: shrunk.faults.map(nameOf),
    trace: trace.slice(-LINES),
  };
}
