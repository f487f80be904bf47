import type { Graph } from '../dag/graph';
import type { JobEvent } from '../job/events';
import { jobAt, streamOf } from '../messages/address';
import type { GraphStore, JournalStore } from '../ports/stores';
import { createTimeline, type Timeline } from '../projections/timeline';

export interface TimelineDeps {
  readonly journal: Pick<JournalStore, 'read'>;
  readonly graphs: Pick<GraphStore, 'get'>;
}

export interface JobTimeline {
  readonly timeline: Timeline;
  /** That the job follows now. */
  readonly graph: Graph;
}

/** Reads the journal of a job, over or not. Undefined where there is none. */
export async function timelineOf(
  { journal, graphs }: TimelineDeps,
  jobId: string,
): Promise<JobTimeline | undefined> {
  const fold = createTimeline();
  let hash: string | undefined;
  for await (const event of journal.read(streamOf(jobAt(jobId)))) {
    const { type, data } = event as JobEvent;
    if (type === 'job.submitted' || type === 'job.replanned') hash = data.graphHash;
    fold.apply(event);
  }
  const timeline = fold.result();
  return timeline && hash !== undefined ? { timeline, graph: await graphs.get(hash) } : undefined;
}
