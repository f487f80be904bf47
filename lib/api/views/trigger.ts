import type { TriggerSummary, TriggerView } from '../../contract/triggers';
import { nextTimes } from '../../core/trigger/cron';
import type { TriggerSource } from '../../core/messages/trigger-definition';
import type { TriggerDeed, TriggerState } from '../../core/trigger/state';

/** Times of a schedule that are shown ahead. */
const SHOWN = 3;

const timeOf = (at: number): string => new Date(at).toISOString();

export function onOf(source: TriggerSource): TriggerSummary['on'] {
  if (source.kind === 'event') return { event: source.pattern };
  const { cron, timezone, missed } = source;
  return { schedule: { cron, timezone, missed } };
}

/** What is said of a trigger that exists. @param now milliseconds since the epoch. */
export function triggerViewBody(state: TriggerState, now: number): TriggerView | undefined {
  const { status, definition } = state;
  if (definition === undefined || (status !== 'active' && status !== 'paused')) return undefined;
  const { name, source, overlap, job } = definition;
  const isClocked = status === 'active' && source.kind === 'schedule';
  return {
    ...{ name, status, on: onOf(source), overlap },
    job: {
      ...{ graph_hash: job.graphHash, priority: job.priority, pool: job.pool },
      ...(job.deadlineMs === undefined ? {} : { deadline_seconds: job.deadlineMs / 1_000 }),
      ...(job.parameters === undefined ? {} : { parameters: job.parameters }),
    },
    running: [...state.running],
    ...(state.waiting === undefined ? {} : { waiting: state.waiting.id }),
    ...(isClocked ? { next: nextTimes(source, now, SHOWN).map(timeOf) } : {}),
    recent: state.recent.map(deedBody),
  };
}

function deedBody({ what, at, firing, jobId, why }: TriggerDeed): TriggerView['recent'][number] {
  return {
    ...{ what, at: timeOf(at) },
    ...(firing === undefined ? {} : { firing }),
    ...(jobId === undefined ? {} : { job_id: jobId }),
    ...(why === undefined ? {} : { why }),
  };
}
