import type { Leftover, LeftoverKind, LeftoverRef, Survey } from '../ports/cleanup';
import { DAY_MS, LEAST_DAYS, type Retention } from './retention';

/** A leftover that goes, and why. */
export interface Removal {
  readonly leftover: Leftover;
  readonly why: string;
}

/** Something that stays, and why. */
export interface Kept extends LeftoverRef {
  readonly why: string;
}

export interface CleanupPlan {
  /** In the order in which they go: what needs something goes before what it needs. */
  readonly removals: readonly Removal[];
  readonly kept: readonly Kept[];
}

interface Rule {
  /** Milliseconds it has to have been idle. */
  readonly idleMs: (retention: Retention) => number;
  /** Said of one that goes. */
  readonly why: string;
}

const aDay = () => LEAST_DAYS * DAY_MS;
const asJobs = ({ jobDays }: Retention) => Math.max(jobDays, LEAST_DAYS) * DAY_MS;
const asAudit = ({ auditDays = Number.POSITIVE_INFINITY }: Retention) => auditDays * DAY_MS;

/** In the order in which leftovers go. */
const RULES: Readonly<Record<LeftoverKind, Rule>> = {
  halfRemoved: { idleMs: () => 0, why: 'its removal was interrupted' },
  job: { idleMs: asJobs, why: 'it is over' },
  auditDay: { idleMs: asAudit, why: 'it is over' },
  unsubmittedJob: { idleMs: asJobs, why: 'it was never submitted' },
  workspace: { idleMs: asJobs, why: 'no attempt of it is open' },
  lock: { idleMs: aDay, why: 'its process is dead' },
  draft: { idleMs: aDay, why: 'its process died before it was finished' },
  clock: { idleMs: () => 0, why: 'its trigger is gone' },
  timer: { idleMs: aDay, why: 'it was due, and did not delete itself' },
  // After all that may need one.
  graph: { idleMs: aDay, why: 'nothing needs it' },
};
const ORDER = Object.keys(RULES) as LeftoverKind[];

/**
 * What of a survey goes, and what stays: nothing that is in use, nothing that is not old enough, none of the jobs that
 * ended last, and no graph that anything which stays cannot be read without.
 * @param now milliseconds since the epoch.
 */
export function planCleanup(survey: Survey, retention: Retention, now: number): CleanupPlan {
  const latest = latestJobs(survey.leftovers, retention.keepJobs);
  const kept: Kept[] = [];
  const going: Leftover[] = [];
  for (const leftover of survey.leftovers) {
    const why = latest.has(leftover)
      ? `it is one of the ${retention.keepJobs} jobs that ended last`
      : whyItStays(leftover, retention, now);
    if (why === undefined) going.push(leftover);
    else kept.push({ kind: leftover.kind, id: leftover.id, why });
  }
  // Graphs are looked at last: whether one is needed depends on what stays.
  const goes = new Set(going);
  const needed = new Set(survey.neededGraphs);
  for (const leftover of survey.leftovers)
    if (!goes.has(leftover)) for (const hash of leftover.graphs ?? []) needed.add(hash);
  for (const leftover of going) {
    if (leftover.kind !== 'graph') continue;
    // Of a survey that did not see everything, nobody knows what needs a graph.
    const why = !survey.isComplete
      ? 'not everything that may need it was looked at'
      : needed.has(leftover.id)
        ? 'something that stays needs it'
        : undefined;
    if (why === undefined) continue;
    goes.delete(leftover);
    kept.push({ kind: 'graph', id: leftover.id, why });
  }
  const removals = [...goes]
    .map((leftover) => ({ leftover, why: whyItGoes(leftover, now) }))
    .sort((a, b) => rank(a) - rank(b) || a.leftover.idleSince - b.leftover.idleSince);
  return { removals, kept };
}

const rank = ({ leftover }: Removal): number => ORDER.indexOf(leftover.kind);

function latestJobs(leftovers: readonly Leftover[], keep: number): Set<Leftover> {
  // One that is in use stays in any case, and is none of those that have ended.
  const ended = leftovers.filter(({ kind, inUse }) => kind === 'job' && inUse === undefined);
  return new Set([...ended].sort((a, b) => b.idleSince - a.idleSince).slice(0, keep));
}

function whyItStays(leftover: Leftover, retention: Retention, now: number): string | undefined {
  const { inUse, idleSince, kind } = leftover;
  if (inUse !== undefined) return inUse;
  const needs = RULES[kind].idleMs(retention);
  if (needs === 0 || now - idleSince >= needs) return undefined;
  return needs === Number.POSITIVE_INFINITY ? 'nothing says when it goes' : `it is not ${days(needs)} old`;
}

function whyItGoes({ kind, idleSince }: Leftover, now: number): string {
  const { why } = RULES[kind];
  return now - idleSince < DAY_MS ? why : `${why}, for ${days(now - idleSince)}`;
}

function days(ms: number): string {
  const count = Math.floor(ms / DAY_MS);
  return count === 1 ? 'a day' : `${count} days`;
}
