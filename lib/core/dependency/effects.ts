import { assertNever } from '../errors';
import type { Recorded } from '../journal/envelope';
import { addressOf, dependencyAt, poolAt } from '../messages/address';
import { type Effect, effectsOf } from '../messages/effect';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { DependencyEvent } from './events';
import type { DependencyState } from './state';

/**
 * The effects one event of a dependency requires, seen from a state at or after it: pools are told how it stands, so
 * that an old event which is performed once more changes nothing.
 */
export function dependencyEffects(
  state: ReadOnly<DependencyState>,
  event: Recorded<DependencyEvent>,
): Effect[] {
  const { id: name } = addressOf(event.stream);
  switch (event.type) {
    case 'dependency.watched':
      return [told(name, state, event, event.data.pool)];
    case 'dependency.opened':
      return [...changed(name, state, event), ...timer(name, state, event)];
    case 'dependency.halfOpened':
    case 'dependency.closed':
    case 'dependency.forced':
    case 'dependency.reset':
      return changed(name, state, event);
    case 'dependency.degrading':
    case 'dependency.steady':
      return [published(name, event)];
    case 'dependency.observed':
      return [];
    default:
      return assertNever(event, 'dependency event');
  }
}

type Warned = Extract<
  Recorded<DependencyEvent>,
  { readonly type: 'dependency.degrading' | 'dependency.steady' }
>;
type Changed = Exclude<
  Recorded<DependencyEvent>,
  Warned | { readonly type: 'dependency.observed' | 'dependency.watched' }
>;

function changed(name: string, state: ReadOnly<DependencyState>, event: Changed): Effect[] {
  return [...state.watchers.map((pool) => told(name, state, event, pool)), published(name, event)];
}

function told(
  dependency: string,
  state: ReadOnly<DependencyState>,
  event: Recorded<DependencyEvent>,
  pool: string,
): Effect {
  const { status, version, openUntil, probes } = state;
  const message = {
    type: 'dependencyChanged' as const,
    ...{ dependency, version, status },
    ...present({ until: openUntil, probes: status === 'halfOpen' ? probes : undefined }),
  };
  return effectsOf(event)({ kind: 'send', to: poolAt(pool), message }, pool);
}

/** It half opens by itself. */
function timer(
  name: string,
  { openUntil }: ReadOnly<DependencyState>,
  event: Recorded<Extract<DependencyEvent, { type: 'dependency.opened' }>>,
): Effect[] {
  const { until } = event.data;
  if (openUntil !== until) return [];
  const message = { type: 'due' as const, until };
  return [effectsOf(event)({ kind: 'timer', to: dependencyAt(name), message, dueAt: until }, 'due')];
}

/** `dependency.halfOpened` goes out as `orchestration.dependency.half_opened`. It is nobody's, so administrators hear it. */
function published(dependency: string, event: Changed | Warned): Effect {
  const { stream, seq, at } = event;
  const id = `${stream}/${seq}`;
  const type = `orchestration.dependency.${nameOf(event)}`;
  const detail = { dependency, ...event.data };
  return effectsOf(event)({ kind: 'publish', event: { id, type, at, detail } }, 'publish');
}

function nameOf(event: Changed | Warned): string {
  switch (event.type) {
    case 'dependency.degrading':
      return 'degrading';
    case 'dependency.steady':
      return 'steady';
    case 'dependency.opened':
      return 'opened';
    case 'dependency.halfOpened':
      return 'half_opened';
    case 'dependency.forced':
      return event.data.status === 'open' ? 'opened' : 'closed';
    case 'dependency.closed':
    case 'dependency.reset':
      return 'closed';
    default:
      return assertNever(event, 'change of a dependency');
  }
}
