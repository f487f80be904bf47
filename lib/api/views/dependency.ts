import { type DependencySummary, type DependencyView, STATE_OF } from '../../contract/dependencies';
import type { DependencyState } from '../../core/dependency/state';
import { present } from '../../core/model/present';
import type { ReadOnly } from '../../core/model/read-only';
import type { ListedDependency } from '../../core/ports/registries';
import { dependencyListing } from '../../core/projections/listing';
import { timeIfAny, timeOf } from './time';

/** A dependency as lists show it. */
export function dependencySummaryBody(listed: Omit<ListedDependency, 'kind'>): DependencySummary {
  const { name, status, forced, since, until, why } = listed;
  const times = { since: since === 0 ? undefined : timeOf(since), until: timeIfAny(until) };
  return { name, state: STATE_OF[status], forced, ...present({ ...times, why }) };
}

/** What is said of one dependency. */
export function dependencyBody(name: string, state: ReadOnly<DependencyState>): DependencyView {
  const { window, watchers, recent, status, probes, forced, since } = state;
  const listed = dependencyListing.listingOf(state) ?? { status, forced, since };
  return {
    ...dependencySummaryBody({ name, ...(listed as Omit<ListedDependency, 'name'>) }),
    calls: {
      counted: window.length,
      failed: window.filter(({ ok }) => !ok).length,
      slow: window.filter(({ slow }) => slow).length,
    },
    ...present({ probes: status === 'halfOpen' ? probes : undefined }),
    pools: [...watchers].sort(),
    recent: recent.map(({ status: was, at, why, by }) => ({
      ...{ state: STATE_OF[was], at: timeOf(at), why, ...present({ by }) },
    })),
  };
}
