import type { Graph } from '../dag/graph';
import { failedWindows, flakingChange } from '../health/flaking';
import { flakingEvents } from '../health/flaking-events';
import type { HistoryUpdate } from '../history/samples';
import type { JobEvent } from '../job/events';
import type { Recorded } from '../journal/envelope';
import { jobAt, streamOf } from '../messages/address';
import type { EventPublisher } from '../ports/effects';
import type { HistoryStore } from '../ports/history';
import type { GraphStore, JournalStore } from '../ports/stores';
import { createLessons, type Lessons } from '../projections/lessons';

export interface LearningDeps {
  readonly journal: Pick<JournalStore, 'read'>;
  readonly graphs: Pick<GraphStore, 'get'>;
  readonly history: Pick<HistoryStore, 'learn' | 'failures' | 'ofNode'>;
  /** Where it is said what flakes more than it used to. */
  readonly publisher?: EventPublisher;
}

/**
 * Learns from the journal of a job, which is best over. A job of which it has learned already, or of which there is no
 * journal, changes nothing.
 */
export async function learnFrom(deps: LearningDeps, jobId: string): Promise<void> {
  const { journal, graphs, history } = deps;
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
  if (!update) return;
  await history.learn(update);
  if (deps.publisher) await warn({ history, publisher: deps.publisher }, update);
}

/** Says what flakes more than it used to since this job, and what does so no more. */
async function warn(
  { history, publisher }: Required<Pick<LearningDeps, 'history' | 'publisher'>>,
  update: HistoryUpdate,
): Promise<void> {
  const nodes = new Set(update.attempts.map(({ node }) => node));
  const windows = await failedWindows(history, update.owner, nodes);
  const at = update.attempts.reduce((latest, attempt) => Math.max(latest, attempt.at), 0);
  for (const event of flakingEvents(update, flakingChange(update, windows), at))
    await publisher.publish(event);
}
