import type { Graph } from '../dag/graph';
import type { JobEvent } from '../job/events';
import type { Recorded } from '../journal/envelope';
import { jobAt, streamOf } from '../messages/address';
import type { HistoryStore } from '../ports/history';
import type { GraphStore, JournalStore } from '../ports/stores';
import { createLessons, type Lessons } from '../projections/lessons';

export interface LearningDeps {
  readonly journal: Pick<JournalStore, 'read'>;
  readonly graphs: Pick<GraphStore, 'get'>;
  readonly history: Pick<HistoryStore, 'learn'>;
}

/**
 * Learns from the journal of a job, which is best over. A job of which it has learned already, or of which there is no
 * journal, changes nothing.
 */
export async function learnFrom({ journal, graphs, history }: LearningDeps, jobId: string): Promise<void> {
  let lessons: Lessons | undefined;
  const known = new Map<string, Graph>();
  for await (const recorded of journal.read(streamOf(jobAt(jobId)))) {
    const { type, data } = recorded as Recorded<JobEvent>;
    if (type === 'job.replanned') known.set(data.graphHash, await graphs.get(data.graphHash));
    if (type === 'job.submitted') {
      lessons = createLessons(await graphs.get(data.graphHash), (hash) => known.get(hash));
    }
    lessons?.apply(recorded);
  }
  const update = lessons?.update();
  if (update) await history.learn(update);
}
