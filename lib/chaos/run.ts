import { between, derivedSeed, draw } from './draw';
import { type FaultKind, nameOf } from './faults';
import { INVARIANTS } from './invariants/all';
import { comesToRest } from './invariants/ending';
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
/** Events that making it smaller may take: some 15 seconds in a run of many worlds, and more where it is all that is played. */
const SHRINK_EVENTS = { ofMany: 40_000, alone: 400_000 };
const LINES = 400;

/** One world of a run, as data: whoever plays it, it goes the same way. */
export interface PlannedWorld {
  /** From 1. */
  readonly nth: number;
  readonly seed: number;
  readonly jobs: number;
  readonly faults?: readonly FaultKind[] | undefined;
  /** Whether its lines are wanted. */
  readonly isTraced: boolean;
  /** Worlds that may be played to make it smaller, where it fails. */
  readonly plays: number;
  /** Events that may come of these. */
  readonly shrinkEvents: number;
}

/** How a world went, as data. */
export interface WorldResult {
  readonly events: number;
  readonly elapsedMs: number;
  /** How often faults struck, by kind. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly lines: readonly string[];
  readonly finding?: Finding;
}

/** The worlds of a run: small ones, which shrink easily, and some that are crowded. */
export function* plannedWorlds(options: Omit<ChaosOptions, 'alteration'>): Generator<PlannedWorld> {
  const { jobs, faults, world, onLine, plays = PLAYS } = options;
  const shrinkEvents = world === undefined ? SHRINK_EVENTS.ofMany : SHRINK_EVENTS.alone;
  for (let [nth, left] = [1, jobs]; left > 0; nth++) {
    const seed = derivedSeed(options.seed, `world ${nth}`);
    const isCrowded = draw(seed, 'crowded') < 0.1;
    const [least, most] = isCrowded ? [40, 90] : [3, 30];
    const size = Math.min(left, between(least, most, draw(seed, 'size')));
    left -= size;
    if (world !== undefined && nth !== world) continue;
    yield { nth, seed, jobs: size, faults, plays, shrinkEvents, isTraced: onLine !== undefined };
  }
}

/** Plays one world, and makes it small where a promise is broken in it. */
export async function playWorld(planned: PlannedWorld, alteration: Alteration): Promise<WorldResult> {
  const { seed, jobs, faults, isTraced } = planned;
  const scenario = createScenario({ seed, jobs, faults });
  const lines: string[] = [];
  const played = await play({
    ...{ scenario, alteration },
    ...(isTraced ? { onLine: (...of) => void lines.push(lineOf(...of)) } : {}),
  });
  const { events, elapsedMs } = played;
  const counts: Partial<Record<FaultKind, number>> = {};
  for (const { kind } of played.faults) counts[kind] = (counts[kind] ?? 0) + 1;
  const result = { events, elapsedMs, faults: counts, lines };
  if (played.violations.length === 0) return result;
  return { ...result, finding: await findingOf(planned, alteration, { scenario, played }) };
}

/** Plays worlds until they have had as many jobs as were asked for, or too much has been found. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { alteration = UNALTERED } = options;
  async function* results() {
    for (const planned of plannedWorlds(options)) yield await playWorld(planned, alteration);
  }
  return reportOf(options, results());
}

/** What comes of the worlds of a run. @param results in the order of the worlds; no more are taken than are needed. */
export async function reportOf(
  { seed, jobs, onLine }: ChaosOptions,
  results: AsyncIterable<WorldResult>,
): Promise<ChaosReport> {
  const counts = new Map<string, number>();
  const violations: Finding[] = [];
  let [worlds, events, elapsedMs] = [0, 0, 0];
  for await (const result of results) {
    worlds += 1;
    events += result.events;
    elapsedMs += result.elapsedMs;
    for (const [kind, count] of Object.entries(result.faults))
      counts.set(kind, (counts.get(kind) ?? 0) + count);
    if (onLine) for (const line of result.lines) onLine(line);
    if (result.finding) violations.push(result.finding);
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

/** A world of which nothing is known but that whoever played it did not come to its end. */
export function unplayed({ nth: world, seed: worldSeed }: PlannedWorld, detail: string): WorldResult {
  const { name: invariant, says } = comesToRest;
  const nothing = { jobs: [], nodes: 0, faults: [], trace: [] };
  const finding = { invariant, says, detail, world, worldSeed, ...nothing };
  return { events: 0, elapsedMs: 0, faults: {}, lines: [], finding };
}

/** `+1:02:03.004  p1        job/j1 #4 node.ready n0 1`. */
function lineOf(at: number, who: string, what: string): string {
  const time = new Date(Math.max(0, Math.round(at - START))).toISOString().slice(11, 23);
  return `+${time}  ${who.padEnd(8)}  ${what}`;
}

async function findingOf(
  { nth: world, plays, shrinkEvents }: PlannedWorld,
  alteration: Alteration,
  { scenario, played: found }: { readonly scenario: Scenario; readonly played: Played },
): Promise<Finding> {
  const shrunk = await shrink({ scenario, alteration, found, plays, events: shrinkEvents });
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
