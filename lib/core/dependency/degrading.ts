import { type Drift, type DriftTest, drifted } from '../history/drift';
import type { ReadOnly } from '../model/read-only';
import { type Call, isBad } from '../retry/call-window';
import type { DependencyEvent } from './events';
import type { DependencyState } from './state';

/** One call in fifty may go wrong; one in five is looked for. Tuned on seeds of their own: docs/health.md. */
export const DEGRADING: DriftTest = { usual: 0.02, raised: 0.2, alarm: 7 };

/** Whether a call changes what is made of how calls go: a good one does not, where nothing speaks for a change. */
export const changesDrift = ({ drift }: ReadOnly<DependencyState>, call: Call): boolean =>
  isBad(call) || drift.sum > 0;

/**
 * What follows from the calls of a closed dependency: a warning, once, and its end.
 * @param call one that is not in the state yet, where there is one.
 */
export function degradation(state: ReadOnly<DependencyState>, call?: Call): DependencyEvent[] {
  if (state.status !== 'closed') return [];
  const drift: Drift = call ? drifted(DEGRADING, state.drift, isBad(call)) : state.drift;
  const isSaid = state.degradingSince !== undefined;
  if (drift.raised === isSaid) return [];
  if (isSaid) return [{ type: 'dependency.steady', data: { why: 'as many calls go well again as used to' } }];
  const calls = call ? [...state.window, call] : state.window;
  const bad = calls.filter(isBad).length;
  const why = `${bad} of the last ${calls.length} calls failed or were slow, which is more than usual`;
  return [{ type: 'dependency.degrading', data: { why } }];
}
