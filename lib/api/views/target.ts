import type { TargetSummary, TargetView } from '../../contract/notifications';
import { present } from '../../core/model/present';
import type { ReadOnly } from '../../core/model/read-only';
import type { TargetDefinition } from '../../core/notify/rules';
import type { TargetState } from '../../core/notify/state';
import { stateOf } from '../../core/retry/breaker';

const STATES = { closed: 'closed', open: 'open', halfOpen: 'half_open' } as const;

/** A target in a list. @param now milliseconds since the epoch. */
export function targetSummary(
  name: string,
  { type }: TargetDefinition,
  { breaker, queue, held, flooded, parked, alerts }: ReadOnly<TargetState>,
  now: number,
): TargetSummary {
  return {
    ...{ name, type, breaker: STATES[stateOf(breaker, now).kind] },
    ...{ waiting: queue.length, held: held.length + flooded, parked: parked.length, alerts: alerts.length },
  };
}

/** A target with what happened at it. Of definitions nothing is shown but their type: addresses may be secret. */
export function targetBody(
  name: string,
  definition: TargetDefinition,
  state: ReadOnly<TargetState>,
  now: number,
): TargetView {
  return {
    ...targetSummary(name, definition, state, now),
    open_alerts: state.alerts.map(({ notice: { id, title }, since, steps, next }) => ({
      ...{ id, title, since: isoOf(since) },
      ...present({ next: steps[next]?.target }),
    })),
    parked_deliveries: state.parked.map(({ id, notices, more, attempts, why }) => {
      const title = notices[0]?.title ?? '';
      return { id, title, notices: notices.length + more, attempts, why };
    }),
    recent: state.outcomes.map(({ at, outcome, title, attempt, to, why }) => ({
      ...{ at: isoOf(at), outcome, title, attempt },
      ...present({ to, why }),
    })),
  };
}

const isoOf = (at: number): string => new Date(at).toISOString();
