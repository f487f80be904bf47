import type { TriggerSummary, TriggerView } from '../../contract/triggers';
import type { TriggerSource } from '../../core/messages/trigger-definition';
import { present } from '../../core/model/present';
import type { ReadOnly } from '../../core/model/read-only';
import type { ListedTrigger } from '../../core/ports/registries';
import { nextTimes } from '../../core/trigger/cron';
import type { TriggerDeed, TriggerState } from '../../core/trigger/state';
import { timeOf } from './time';

/** Times of a schedule that are shown ahead. */
const SHOWN = 3;

function onOf(source: TriggerSource): TriggerSummary['on'] {
  if (source.kind === 'event') return { event: source.pattern };
  const { cron, timezone, missed } = source;
  return { schedule: { cron, timezone, missed } };
}

/** Nothing of a trigger that does not exist. */
export function summaryBody({ name, status, source }: ListedTrigger): TriggerSummary[] {
  return status === 'active' || status === 'paused' ? [{ name, status, on: onOf(source) }] : [];
}

/** What is said of a trigger that exists. @param now milliseconds since the epoch. */
export function triggerViewBody(state: ReadOnly<TriggerState>, now: number): TriggerView | undefined {
  const { status, definition, waiting } = state;
  if (definition === undefined || (status !== 'active' && status !== 'paused')) return undefined;
  const { name, source, overlap, job } = definition;
  const { graphHash, priority, pool, deadlineMs, parameters } = job;
  const isClocked = status === 'active' && source.kind === 'schedule';
  return {
    ...{ name, status, on: onOf(source), overlap },
    job: {
      ...{ graph_hash: graphHash, priority, pool },
      ...present({ deadline_seconds: deadlineMs === undefined ? undefined : deadlineMs / 1_000, parameters }),
    },
    running: [...state.running],
    ...present({
      waiting: waiting?.id,
      next: isClocked ? nextTimes(source, now, SHOWN).map(timeOf) : undefined,
    }),
    recent: state.recent.map(deedBody),
  };
}

function deedBody({ what, at, firing, jobId, why }: TriggerDeed): TriggerView['recent'][number] {
  return { what, at: timeOf(at), ...present({ firing, job_id: jobId, why }) };
}
