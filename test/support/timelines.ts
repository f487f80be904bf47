import type { Graph } from '../../lib/core/dag/graph';
import { EMPTY_HEAD, record } from '../../lib/core/journal/envelope';
import { createTimeline, type Timeline } from '../../lib/core/projections/timeline';
import type { JobDriver } from './job-driver';

/** What became of the job of a driver, as its journal would tell it. */
export function timelineOf(job: JobDriver, traceId = 'trace'): Timeline {
  const fold = createTimeline();
  let head = EMPTY_HEAD;
  for (const { event, at } of job.events) {
    const cause = {
      at,
      actor: { kind: 'user', id: 'ana' } as const,
      causeId: 'c',
      correlationId: 'c',
      traceId,
    };
    for (const recorded of record('job/j', head, [event], cause)) {
      head = recorded;
      fold.apply(recorded);
    }
  }
  const timeline = fold.result();
  if (!timeline) throw new Error('the job was not submitted');
  return timeline;
}

/** The graph that it follows in the end. */
export const graphOf = (job: JobDriver): Graph => job.index.graph;
