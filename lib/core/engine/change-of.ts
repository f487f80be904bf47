import type { Graph } from '../dag/graph';
import type { GraphIndex } from '../dag/graph-index';
import type { JobEvent } from '../job/events';
import type { Change } from '../job/resume-plan';
import type { JobState } from '../job/state';
import type { Recorded } from '../journal/envelope';
import { jobAt, streamOf } from '../messages/address';
import { isOver } from '../model/outcome';
import type { ReadOnly } from '../model/read-only';
import type { GraphStore, JournalStore } from '../ports/stores';
import { createGivenInputs, type GivenInputs } from '../projections/given-inputs';

export interface ChangeDeps {
  readonly journal: Pick<JournalStore, 'read'>;
  readonly graphs: Pick<GraphStore, 'get'>;
  readonly indexOf: (graphHash: string) => Promise<GraphIndex>;
}

/** A job as it stands, over the graph that it follows. */
export interface Standing {
  readonly jobId: string;
  readonly index: GraphIndex;
  readonly state: ReadOnly<JobState>;
}

/**
 * What another graph changes for an ended job; undefined where it is the same graph, or the job is not over.
 * @throws RepriseError GRAPH_NOT_FOUND
 */
export async function changeOf(
  { journal, graphs, indexOf }: ChangeDeps,
  { jobId, index, state }: Standing,
  graphHash: string | undefined,
): Promise<Change | undefined> {
  if (graphHash === undefined || graphHash === index.hash || !isOver(state.status)) return undefined;
  const next = await indexOf(graphHash);
  const known = new Map<string, Graph>();
  let given: GivenInputs | undefined;
  for await (const recorded of journal.read(streamOf(jobAt(jobId)))) {
    const event = recorded as Recorded<JobEvent>;
    if (event.type === 'job.submitted' || event.type === 'job.replanned') {
      known.set(event.data.graphHash, await graphs.get(event.data.graphHash));
    }
    if (event.type === 'job.submitted') {
      given ??= createGivenInputs(known.get(event.data.graphHash) as Graph, (hash) => known.get(hash));
    }
    given?.apply(event);
  }
  return { index: next, changedInputs: new Set(given?.changed()) };
}
