import { type Fault, nameOf } from './faults';
import type { Violation } from './invariants/invariant';
import { type Played, play } from './play';
import { type Scenario, without } from './workload/scenario';
import type { Alteration } from './world/alteration';

/** What is left of a world in which the same promise is broken still. */
export interface Shrunk {
  readonly scenario: Scenario;
  readonly faults: readonly Fault[];
  readonly violation: Violation;
  /** Worlds that were played to get there. */
  readonly plays: number;
}

export interface ShrinkOptions {
  readonly scenario: Scenario;
  readonly alteration: Alteration;
  readonly found: Pick<Played, 'faults' | 'violations'>;
  /** Worlds that may be played, and events that may come of them in all: what it may cost, on whatever machine. */
  readonly plays: number;
  readonly events?: number;
}

/**
 * Takes jobs, faults and nodes out of a world for as long as it breaks the same promise, in halves first and then in ever
 * smaller parts. (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", TSE 2002.)
 */
export async function shrink(options: ShrinkOptions): Promise<Shrunk> {
  const { scenario, alteration, found } = options;
  const [violation] = found.violations as readonly [Violation];
  let best: Omit<Shrunk, 'plays'> = { scenario, faults: found.faults, violation };
  const { events: mostEvents = Number.POSITIVE_INFINITY } = options;
  let [plays, events] = [0, 0];

  /** Plays a smaller world and keeps it where it is as bad. */
  async function isAsBad(smaller: Pick<Shrunk, 'scenario' | 'faults'>): Promise<boolean> {
    if (plays >= options.plays || events >= mostEvents || smaller.scenario.jobs.length === 0) return false;
    plays += 1;
    const only = new Set(smaller.faults.map(nameOf));
    const played = await play({ scenario: smaller.scenario, alteration, only });
    events += played.events;
    const same = played.violations.find(({ invariant }) => invariant === violation.invariant);
    // Faults that did not strike are of no use either.
    if (same) best = { scenario: smaller.scenario, faults: played.faults, violation: same };
    return same !== undefined;
  }

  const inFull = best;
  if (!(await isAsBad(inFull))) return { ...inFull, plays };
  const leaveOut = (ids: readonly string[]) =>
    without(best.scenario, new Set([...best.scenario.without, ...ids]));
  const keep = async (all: readonly string[], of: 'jobs' | 'nodes') =>
    minimise(all, (kept) => {
      const known = of === 'jobs' ? jobsOf(best.scenario) : nodesOf(best.scenario);
      const gone = known.filter((id) => !kept.includes(id));
      return isAsBad({ scenario: leaveOut(gone), faults: best.faults });
    });
  const keepFaults = () =>
    minimise(best.faults.map(nameOf), (kept) => {
      const names = new Set(kept);
      const faults = best.faults.filter((fault) => names.has(nameOf(fault)));
      return isAsBad({ scenario: best.scenario, faults });
    });

  await keep(jobsOf(best.scenario), 'jobs');
  await keepFaults();
  await keep(nodesOf(best.scenario), 'nodes');
  await keepFaults();
  return { ...best, plays };
}

const jobsOf = ({ jobs }: Scenario): string[] => jobs.map(({ jobId }) => jobId);
const nodesOf = ({ jobs }: Scenario): string[] =>
  jobs.flatMap(({ jobId, graph }) => graph.nodes.map(({ id }) => `${jobId}/${id}`));

/** Finds a small part of a list that will do as well. @param isEnough asks of a part; the whole is known to be. */
export async function minimise<T>(
  items: readonly T[],
  isEnough: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = items;
  if (left.length > 0 && (await isEnough([]))) return [];
  for (let parts = 2; left.length >= 2; ) {
    const size = Math.ceil(left.length / parts);
    let smaller: readonly T[] | undefined;
    for (let from = 0; from < left.length && !smaller; from += size) {
      const rest = [...left.slice(0, from), ...left.slice(from + size)];
      if (await isEnough(rest)) smaller = rest;
    }
    if (smaller) {
      left = smaller;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) return left;
    else parts = Math.min(left.length, parts * 2);
  }
  return left;
}
