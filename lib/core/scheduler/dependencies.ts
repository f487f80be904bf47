import { LIMITS } from '../limits';
import type { DependencyStatus } from '../messages/dependency';
import type { PoolMessage, WorkItem } from '../messages/pool';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { PoolEvent } from './events';

/** What a pool knows of a dependency that work of it names. */
export interface KnownDependency {
  /** `unknown` until the dependency has answered: work that needs it waits for that too. */
  readonly status: DependencyStatus | 'unknown';
  /** Of what it was told: what is older comes late. */
  readonly version: number;
  /** Half open: how many leases that were granted since may be out at a time. */
  readonly probes?: number;
  /** Open: until when, milliseconds since the epoch; without it, until a person says so. */
  readonly until?: number;
  /** The latest lease of the pool when it was told. */
  readonly fence: number;
  /** When it was asked or told last, milliseconds since the epoch. */
  readonly askedAt: number;
}

/** What a pool knows of the dependencies that work of it names or named, by name. */
export type Dependencies = Map<string, KnownDependency>;
type Known = ReadonlyMap<string, KnownDependency>;

/** Asks how the dependencies of work stand which the pool does not know yet. */
export function watches(dependencies: Known, work: WorkItem): PoolEvent[] {
  const unknown = (work.dependencies ?? []).filter((name) => !dependencies.has(name));
  return unknown.map((dependency) => ({ type: 'queue.dependencyWatched', data: { dependency } }));
}

/** An answer, or the news that a dependency half opens, has arrived by then; milliseconds. */
const ANSWER_MS = 60_000;
/** Of one that is half open, or that a person holds open: how often it is asked whether it still is, milliseconds. */
const STILL_MS = 300_000;

/**
 * Asks again how dependencies stand that keep work waiting for longer than they should: what they said may be lost for
 * good, and work would wait for ever.
 * @param at milliseconds since the epoch.
 */
export function watchesAgain(dependencies: Known, at: number): PoolEvent[] {
  return [...dependencies]
    .filter(([, known]) => known.status !== 'closed' && at >= askAgainAt(known))
    .map(([dependency]) => ({ type: 'queue.dependencyWatched', data: { dependency } }));
}

function askAgainAt({ status, until, askedAt }: KnownDependency): number {
  if (status === 'unknown') return askedAt + ANSWER_MS;
  if (until !== undefined) return Math.max(until, askedAt) + ANSWER_MS;
  return askedAt + STILL_MS;
}

/** What it is told of a dependency that it does not watch, or has heard of later, changes nothing. */
export function dependencyChanged(
  dependencies: Known,
  { dependency, version, status, until, probes }: Extract<PoolMessage, { type: 'dependencyChanged' }>,
): PoolEvent[] {
  const known = dependencies.get(dependency);
  const isNew = known && (known.status === 'unknown' || version > known.version);
  if (!isNew) return [];
  const data = { dependency, version, status, ...present({ until, probes }) };
  return [{ type: 'queue.dependencyChanged', data }];
}

/** @param fence of the latest lease of the pool. @param at milliseconds since the epoch. */
export function evolveDependencies(
  dependencies: Dependencies,
  event: Extract<PoolEvent, { type: 'queue.dependencyWatched' | 'queue.dependencyChanged' }>,
  { fence, at }: { readonly fence: number; readonly at: number },
): void {
  if (event.type === 'queue.dependencyChanged') {
    const { dependency, ...known } = event.data;
    dependencies.set(dependency, { ...known, fence, askedAt: at });
    return;
  }
  const { dependency } = event.data;
  const known = dependencies.get(dependency) ?? { status: 'unknown', version: 0, fence };
  dependencies.set(dependency, { ...known, askedAt: at });
  if (dependencies.size > LIMITS.poolDependencies) forgetClosed(dependencies);
}

/** It is asked after again when work names it the next time. */
function forgetClosed(dependencies: Dependencies): void {
  for (const [name, { status }] of dependencies) {
    if (status !== 'closed') continue;
    dependencies.delete(name);
    return;
  }
}

/** Leases that find out whether a half open dependency is well, by its name. */
export function probesOut(
  dependencies: Known,
  leases: ReadOnly<Map<string, { readonly work: WorkItem; readonly fence: number }>>,
): Map<string, number> {
  const out = new Map<string, number>();
  for (const [name, { status }] of dependencies) if (status === 'halfOpen') out.set(name, 0);
  if (out.size === 0) return out;
  for (const { work, fence } of leases.values()) {
    for (const name of work.dependencies ?? []) {
      const since = dependencies.get(name)?.fence ?? 0;
      const count = out.get(name);
      if (count !== undefined && fence > since) out.set(name, count + 1);
    }
  }
  return out;
}

/**
 * The dependency that keeps work from being handed out, where one does.
 * @param out as of `probesOut`, with what was granted since.
 */
export function waitsFor(
  dependencies: Known,
  { dependencies: needed = [] }: Pick<WorkItem, 'dependencies'>,
  out: ReadonlyMap<string, number>,
): string | undefined {
  return needed.find((name) => {
    const known = dependencies.get(name);
    if (known === undefined || known.status === 'closed') return false;
    return known.status !== 'halfOpen' || (out.get(name) ?? 0) >= (known.probes ?? 0);
  });
}
