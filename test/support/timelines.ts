import type { Graph } from '../../lib/core/dag/graph';
import { EMPTY_HEAD, type Recorded, record } from '../../lib/core/journal/envelope';
import { createTimeline, type Timeline } from '../../lib/core/projections/timeline';
import type { JobDriver } from './job-driver';

/** The journal of the job of a driver. */
export function recordedJob(job: JobDriver, traceId = 'trace'): Recorded[] {
  let head = EMPTY_HEAD;
  return job.events.flatMap(({ event, at }) => {
    const actor = { kind: 'user', id: 'ana' } as const;
    const events = record('job/j', head, [event], { at, actor, causeId: 'c', correlationId: 'c', traceId });
    head = events.at(-1) ?? head;
    return events;
  });
}

/** What became of it, as its journal tells it. */
export function timelineOf(job: JobDriver, traceId = 'trace'): Timeline {
  const fold = createTimeline();
  for (const recorded of recordedJob(job, traceId)) fold.apply(recorded);
  const timeline = fold.result();
  if (!timeline) throw new Error('the job was not submitted');
  return timeline;
}

/** The graph that it follows in the end. */
export const graphOf = (job: JobDriver): Graph => job.index.graph;
