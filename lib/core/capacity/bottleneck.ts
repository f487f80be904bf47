import type { Steps } from '../model/steps';
import { type Bound, type BoundKind, createBlame } from './bottleneck-bound';
import { walkBack } from './bottleneck-path';
import { relaxed } from './bottleneck-relax';
import { type Use, useOf } from './bottleneck-use';
import { blameWaits } from './bottleneck-waits';
import type { Load } from './load';
import { measuresOf } from './load-measures';
import { replay } from './replay';

/** What bounds how long jobs take. Times are milliseconds, means over jobs. */
export interface Bottleneck extends Bound, Use {
  /** What one unit more of it is, in words. */
  readonly change: string;
  /** By how much jobs were shorter with that, in the replay; below zero, where they were longer. */
  readonly wonMs: number;
  /** What the critical paths spent in it, or waiting for it. */
  readonly blamedMs: number;
}

export interface BottleneckReport {
  readonly jobs: number;
  /** Of jobs, from submission to end, mean. */
  readonly makespanMs: number;
  /** The same, where the recorded load is replayed with nothing changed. */
  readonly replayedMs: number;
  /** What wins most first. Empty where nothing was recorded. */
  readonly bottlenecks: readonly Bottleneck[];
}

/** As many of each as are tried: what is blamed most. */
const TRIED = { waits: 8, nodes: 4, suites: 3 } as const;
/** Wins this near to each other, as a share of the makespan, are alike: then what is blamed more goes first. */
const ALIKE = 0.005;

/**
 * Which resource, label, suite, node, dependency or number of slots bounds the makespan of recorded jobs: critical paths
 * are blamed (`walkBack`, `blameWaits`), and each suspect is relaxed by one unit in a replay, which says what that wins.
 */
export function* findBottlenecks(load: Load): Steps<BottleneckReport> {
  const jobs = load.jobs.length;
  if (jobs === 0) return { jobs, makespanMs: 0, replayedMs: 0, bottlenecks: [] };
  const blame = createBlame();
  blameWaits(
    load,
    load.jobs.flatMap((job) => walkBack(job, blame)),
    blame,
  );
  const base = meanMakespan(yield* replay(load));
  const found: Bottleneck[] = [];
  for (const [bound, ms] of suspects(blame.entries())) {
    const change = relaxed(load, bound);
    if (change === undefined) continue;
    const wonMs = base - meanMakespan(yield* replay(change.load));
    found.push({ ...bound, change: change.change, wonMs, blamedMs: ms / jobs, ...useOf(load, bound) });
  }
  const alike = ALIKE * base;
  const rank = ({ wonMs }: Bottleneck) => Math.round(wonMs / alike);
  found.sort((a, b) => rank(b) - rank(a) || b.blamedMs - a.blamedMs);
  return { jobs, makespanMs: meanMakespan(load), replayedMs: base, bottlenecks: found };
}

const meanMakespan = (load: Load): number => measuresOf(load).makespanMs.mean;

function suspects(entries: readonly (readonly [Bound, number])[]): (readonly [Bound, number])[] {
  const sorted = entries.toSorted(([, a], [, b]) => b - a);
  const of = (...kinds: BoundKind[]) => sorted.filter(([{ kind }]) => kinds.includes(kind));
  return [
    ...of('lock', 'resource', 'label', 'slots', 'queue', 'dependency').slice(0, TRIED.waits),
    ...of('node').slice(0, TRIED.nodes),
    ...of('suite').slice(0, TRIED.suites),
  ];
}
