import { expectedDuration } from '../history/durations';
import { chanceOf, type Tally } from '../history/fisher';
import type { Ended, WorkItem } from '../messages/pool';
import type { FailureClass } from '../model/failure';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';

/**
 * Whether a worker is worse than its peers: workers that ran the same work in the same time. An attempt speaks against its
 * worker where it failed in a way that may be the machine's, or took far longer than it did elsewhere. What a test finds wrong
 * with the product never does, and what goes wrong everywhere is nobody's fault. See docs/health.md.
 */

/** Why an attempt speaks against the worker that ran it. */
export type Blame = 'failed' | 'slow';

/** An attempt that ended on a worker. */
export interface WorkerOutcome {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What ran: `nodeHash`. */
  readonly node: string;
  readonly blame?: Blame;
}

/** How long an attempt of a node took on a worker. */
interface Timed {
  readonly workerId: string;
  /** Milliseconds. */
  readonly ms: number;
}

/** A worker that may be about to fail. */
export interface Suspicion {
  /** Since when, milliseconds since the epoch. */
  readonly since: number;
  readonly reason: string;
}

/** What a pool knows of how attempts went on its workers: the latest of each worker and of each node hash. */
export interface Health {
  readonly outcomes: Map<string, readonly WorkerOutcome[]>;
  readonly timings: Map<string, readonly Timed[]>;
  readonly suspected: Map<string, Suspicion>;
}

export const initialHealth = (): Health => ({
  outcomes: new Map(),
  timings: new Map(),
  suspected: new Map(),
});

/** The latest outcomes of a worker that are kept. */
const OUTCOMES = 12;
/** Workers and nodes of which outcomes are kept: those that were heard of last. */
const WORKERS = 500;
const NODES = 200;
/** The latest durations of a node, over all workers. */
const TIMINGS = 12;
/** What is older says nothing of how a worker is now; milliseconds. */
const COUNTS_MS = 3_600_000;

/** An attempt that took so many times as long as it does elsewhere (the median), and so much longer, was slow. */
const SLOW_FACTOR = 2;
const SLOW_BY_MS = 1_000;
/** Durations of other workers, at least, without which none is slow. */
const TIMED_ELSEWHERE = 3;

/** Classes that may be the machine's: see docs/failure-classes.md. */
const OF_MACHINES: ReadonlySet<FailureClass> = new Set(['infrastructure', 'network']);

/** Attempts that speak against a worker, at least, before it is suspected, and before it is cordoned. */
const LEAST_SUSPECTED = 3;
const LEAST_BAD = 3;
/** Attempts of its peers, at least, without which nobody is judged. */
export const LEAST_OF_PEERS = 5;
/** Below which chance that a worker is no worse than its peers it is suspected, cordoned, and above which no longer suspected. */
const SUSPECTED_BELOW = 0.002;
export const BAD_BELOW = 0.0003;
const CLEARED_ABOVE = 0.1;

/** What an attempt that ended on a worker says of it; undefined where it is not known what ran. */
export function outcomeOf(
  { timings }: ReadOnly<Health>,
  { work, workerId }: { readonly work: WorkItem; readonly workerId: string },
  { durationMs, failed }: Ended,
  at: number,
): WorkerOutcome | undefined {
  if (work.nodeHash === undefined) return undefined;
  const isSlow = isComparable(work, failed) && isSlowIn(timings.get(work.nodeHash), workerId, durationMs);
  const isOfMachine = failed !== undefined && OF_MACHINES.has(failed);
  const blame: Blame | undefined = isOfMachine ? 'failed' : isSlow ? 'slow' : undefined;
  return { at, node: work.nodeHash, ...present({ blame }) };
}

/** An attempt that a worker lost. */
export function lostOutcome({ nodeHash: node }: WorkItem, at: number): WorkerOutcome | undefined {
  return node === undefined ? undefined : { at, node, blame: 'failed' };
}

/** One that ran out of time took at least that long; what failed otherwise may have ended early, and a rerun is shorter. */
const isComparable = ({ tests }: WorkItem, failed: FailureClass | undefined): boolean =>
  tests === undefined && (failed === undefined || failed === 'timeout');

function isSlowIn(timings: readonly Timed[] | undefined, workerId: string, ms: number): boolean {
  const elsewhere = (timings ?? []).filter((each) => each.workerId !== workerId).map((each) => each.ms);
  if (elsewhere.length < TIMED_ELSEWHERE) return false;
  const usual = expectedDuration(elsewhere);
  return ms > SLOW_FACTOR * usual && ms - usual > SLOW_BY_MS;
}

/** How a worker compares with its peers. */
export interface Comparison {
  /** Its attempts since the first that speaks against it, or all that count. */
  readonly own: Tally;
  /** Those of other workers with the same work, in the same time. */
  readonly peers: Tally;
  /** That chance alone would have it so, or worse: 1 where nothing speaks against it. */
  readonly chance: number;
  /** Of `own.bad`. */
  readonly failed: number;
  readonly slow: number;
}

/**
 * Compares a worker with its peers. Only the time from the first attempt on that speaks against it counts, on both sides: a
 * fault that all of them have since then is nobody's.
 * @param more attempts of the worker that are not in the fold yet.
 * @param at milliseconds since the epoch.
 */
export function compared(
  { outcomes }: ReadOnly<Health>,
  workerId: string,
  at: number,
  more: readonly WorkerOutcome[] = [],
): Comparison {
  const counts = (each: ReadOnly<WorkerOutcome>) => at - each.at <= COUNTS_MS;
  const all = [...(outcomes.get(workerId) ?? []), ...more].filter(counts).slice(-OUTCOMES);
  const first = all.findIndex(({ blame }) => blame !== undefined);
  const own = first < 0 ? all : all.slice(first);
  const nodes = new Set(own.map(({ node }) => node));
  const since = own[0]?.at ?? at;
  const peers = { bad: 0, of: 0 };
  for (const [id, theirs] of outcomes) {
    if (id === workerId) continue;
    for (const each of theirs) {
      if (each.at < since || !nodes.has(each.node)) continue;
      peers.of += 1;
      if (each.blame !== undefined) peers.bad += 1;
    }
  }
  const failed = own.filter(({ blame }) => blame === 'failed').length;
  const slow = own.filter(({ blame }) => blame === 'slow').length;
  const tally = { bad: failed + slow, of: own.length };
  return { own: tally, peers, chance: chanceOf(tally, peers), failed, slow };
}

/** What is made of a comparison: too little to say anything, too, is `well`. */
export function verdictOf({ own, peers, chance }: Comparison): 'well' | 'suspected' | 'bad' {
  if (peers.of < LEAST_OF_PEERS) return 'well';
  if (own.bad >= LEAST_BAD && chance < BAD_BELOW) return 'bad';
  return own.bad >= LEAST_SUSPECTED && chance < SUSPECTED_BELOW ? 'suspected' : 'well';
}

/** Whether a worker that was suspected is so no longer: between the two bounds it stays as it is. */
export const isCleared = (comparison: Comparison): boolean =>
  verdictOf(comparison) === 'well' &&
  (comparison.own.bad < LEAST_SUSPECTED || comparison.chance > CLEARED_ABOVE);

/** A comparison in words. */
export function inWords({ own, peers, failed, slow }: Comparison): string {
  const what = [failed > 0 ? `${failed} failed by the machine` : '', slow > 0 ? `${slow} were slow` : ''];
  const mine = `of its last ${own.of} attempts ${what.filter((part) => part !== '').join(' and ')}`;
  return `${mine}; of ${peers.of} of the same work elsewhere ${peers.bad} did`;
}

/** Notes what became of an attempt. */
export function noteOutcome(
  { outcomes }: Health,
  workerId: string,
  outcome: WorkerOutcome | undefined,
): void {
  if (!outcome) return;
  const latest = [...(outcomes.get(workerId) ?? []), outcome].slice(-OUTCOMES);
  keep(outcomes, workerId, latest, WORKERS);
}

/** Notes how long an attempt took, where that can be compared. */
export function noteTiming(
  { timings }: Health,
  { work, workerId }: { readonly work: WorkItem; readonly workerId: string },
  { durationMs: ms, failed }: Ended,
): void {
  const { nodeHash } = work;
  if (nodeHash === undefined || failed !== undefined || !isComparable(work, failed)) return;
  keep(timings, nodeHash, [...(timings.get(nodeHash) ?? []), { workerId, ms }].slice(-TIMINGS), NODES);
}

/** What happened on a worker before counts no more. */
export function forgetOutcomes({ outcomes, suspected }: Health, workerId: string): void {
  outcomes.delete(workerId);
  suspected.delete(workerId);
}

function keep<T>(entries: Map<string, T>, key: string, value: T, most: number): void {
  entries.delete(key);
  entries.set(key, value);
  const [oldest] = entries.keys();
  if (entries.size > most) entries.delete(oldest as string);
}
