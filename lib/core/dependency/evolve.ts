import { assertNever } from '../errors';
import { drifted, NO_DRIFT } from '../history/drift';
import { LIMITS } from '../limits';
import type { DependencyStatus } from '../messages/dependency';
import { present } from '../model/present';
import { isBad, withCall } from '../retry/call-window';
import { DEGRADING } from './degrading';
import type { DependencyEvent } from './events';
import { type DependencyState, RECENT } from './state';

/** Folds one event into the state. @param at time of the event, milliseconds since the epoch. */
export function evolveDependency(
  state: DependencyState,
  event: DependencyEvent,
  at: number,
): DependencyState {
  switch (event.type) {
    case 'dependency.observed':
      state.window = withCall(state.window, event.data);
      if (state.status === 'closed') state.drift = drifted(DEGRADING, state.drift, isBad(event.data));
      return state;
    case 'dependency.degrading':
      state.degradingSince = at;
      return state;
    case 'dependency.steady':
      delete state.degradingSince;
      return state;
    case 'dependency.watched': {
      const others = state.watchers.filter((pool) => pool !== event.data.pool);
      state.watchers = [...others, event.data.pool].slice(-LIMITS.watchingPools);
      return state;
    }
    case 'dependency.opened':
      changed(state, 'open', at, { why: event.data.why });
      state.openUntil = event.data.until;
      state.openings += 1;
      return state;
    case 'dependency.halfOpened':
      changed(state, 'halfOpen', at, { why: event.data.why });
      state.probes = event.data.probes;
      return state;
    case 'dependency.closed':
      changed(state, 'closed', at, { why: event.data.why });
      state.openings = 0;
      return state;
    case 'dependency.forced': {
      const { status, by, reason } = event.data;
      changed(state, status, at, { why: reason, by });
      state.forced = true;
      state.openings = 0;
      return state;
    }
    case 'dependency.reset': {
      const { by, reason } = event.data;
      changed(state, 'closed', at, { why: reason, by });
      state.openings = 0;
      return state;
    }
    default:
      return assertNever(event, 'dependency event');
  }
}

function changed(
  state: DependencyState,
  status: DependencyStatus,
  at: number,
  { why, by }: { readonly why: string; readonly by?: string },
): void {
  state.status = status;
  state.forced = false;
  // Clocks of two processes differ: what began after the last change did so before this one.
  state.since = Math.max(state.since, at);
  state.window = [];
  state.drift = NO_DRIFT;
  delete state.degradingSince;
  state.probes = 0;
  state.version += 1;
  delete state.openUntil;
  state.recent = [{ status, at, why, ...present({ by }) }, ...state.recent].slice(0, RECENT);
}
