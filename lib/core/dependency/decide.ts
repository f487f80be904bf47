import { assertNever } from '../errors';
import type { ReadOnly } from '../model/read-only';
import { openFor } from '../retry/breaker';
import { type Call, type CallWindow, changesWindow, isBad, tripped, withCall } from '../retry/call-window';
import { changesDrift, degradation } from './degrading';
import type { DependencyEvent } from './events';
import type { DependencyInput } from './input';
import type { DependencyPolicy } from './policy';
import type { DependencyState } from './state';

type Input<T extends DependencyInput['type']> = Extract<DependencyInput, { type: T }>;

/** What follows from an input. One that is late, repeated or out of order has no consequence. */
export function decideDependency(
  policy: DependencyPolicy,
  state: ReadOnly<DependencyState>,
  input: DependencyInput,
): DependencyEvent[] {
  switch (input.type) {
    case 'observed':
      return observed(policy, state, input);
    // The pool may have lost what it was told: it is told again.
    case 'watched':
      return [{ type: 'dependency.watched', data: { pool: input.pool } }];
    case 'due': {
      const isDue = state.status === 'open' && !state.forced && state.openUntil === input.until;
      if (!isDue) return [];
      const { probes } = policy;
      const why = `it was open for its time: ${probes} at a time may find out`;
      return [{ type: 'dependency.halfOpened', data: { probes, why } }];
    }
    case 'forced': {
      const { status, by, reason } = input;
      if (state.forced && state.status === status) return [];
      return [{ type: 'dependency.forced', data: { status, by, reason } }];
    }
    case 'reset': {
      const { by, reason } = input;
      const isNew = state.status === 'closed' && !state.forced && state.window.length === 0;
      return isNew ? [] : [{ type: 'dependency.reset', data: { by, reason } }];
    }
    default:
      return assertNever(input, 'dependency input');
  }
}

/**
 * What a call says. A call that changes nothing is not journalled, though what the window says already is drawn once
 * more: a batch cut short by a crash may have lost it.
 */
function observed(
  policy: DependencyPolicy,
  state: ReadOnly<DependencyState>,
  { ok, by, startedAt, durationMs = 0, at }: Input<'observed'>,
): DependencyEvent[] {
  const { status, forced, since, window } = state;
  if (forced || status === 'open') return [];
  const call: Call = { ok, by, ...(durationMs > policy.slowCallMs ? { slow: true } : {}) };
  const isKnown = window.some((each) => each.by === by);
  const changes = status === 'halfOpen' || changesWindow(policy, window, call) || changesDrift(state, call);
  // What was under way when it changed says nothing of how it is since.
  if (startedAt < since || isKnown || !changes) return concluded(policy, state, { at });
  return [{ type: 'dependency.observed', data: call }, ...concluded(policy, state, { call, at })];
}

/** What the breaker makes of it; where that stays as it is, whether a warning is due. */
function concluded(
  policy: DependencyPolicy,
  state: ReadOnly<DependencyState>,
  { call, at }: { readonly call?: Call; readonly at: number },
): DependencyEvent[] {
  const changed = verdict(policy, state, call ? withCall(state.window, call) : state.window, at);
  return changed.length > 0 ? changed : degradation(state, call);
}

function verdict(
  policy: DependencyPolicy,
  { status, openings, probes }: ReadOnly<DependencyState>,
  window: CallWindow,
  at: number,
): DependencyEvent[] {
  const opened = (why: string): DependencyEvent => ({
    type: 'dependency.opened',
    data: { until: at + openFor(policy, openings), why },
  });
  if (status === 'halfOpen') {
    if (window.some(isBad)) return [opened('a call failed, or was slow, while it was half open')];
    if (window.length < probes) return [];
    return [{ type: 'dependency.closed', data: { why: `${window.length} calls in a row succeeded` } }];
  }
  const why = tripped(policy, window);
  return why === undefined ? [] : [opened(why)];
}
