import { goesOn, type JobEvent } from '../../core/job/events';

/** Whether a job is over by these events of its journal. */
export function isOverBy(events: readonly Pick<JobEvent, 'type'>[]): boolean {
  const ends = events.findLastIndex(({ type }) => type === 'job.completed');
  return ends >= 0 && !events.slice(ends).some(goesOn);
}
