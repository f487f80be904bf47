import { createArchivedGraphs } from '../adapters/embedded/disk/archived-graphs';
import { assertFound } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { memoryConditions } from '../adapters/memory/conditions';
import { jobViewBody } from '../api/views/job';
import type { JobView } from '../contract/jobs';
import { createKinds } from '../core/engine/kinds';
import { type Replayed, replay } from '../core/engine/replay';
import { jobAt } from '../core/messages/address';

/** A job as `GET /jobs/{id}` would have shown it, all of its nodes, without what depends on its pool. */
export function jobViewOf(jobId: string, { view, last }: Replayed<'job'>): JobView {
  const how = { now: last.at, slots: 0, heldBy: () => undefined };
  const nodes: JobView['nodes'] = Object.create(null);
  for (let from: string | undefined; ; ) {
    const page = jobViewBody(jobId, view, { ...how, from });
    Object.assign(nodes, page.nodes);
    from = page.next_nodes;
    if (from !== undefined) continue;
    const { estimated_completion: _e, resource_utilization: _r, ...rest } = page;
    return { ...rest, nodes };
  }
}

/** A job of a journal directory as its journal has it now. @throws RepriseError JOB_NOT_FOUND */
export async function jobViewIn(layout: Layout, jobId: string): Promise<JobView> {
  return jobViewOf(jobId, await replayedJob(layout, jobId));
}

/** The fold of such a job. @throws RepriseError JOB_NOT_FOUND */
export async function replayedJob(layout: Layout, jobId: string): Promise<Replayed<'job'>> {
  await assertFound(layout, jobId);
  const journal = createFileJournalStore(layout);
  const graphs = createArchivedGraphs(layout);
  const kinds = createKinds({ journal, graphs, conditions: memoryConditions, random: () => 0 });
  return replay({ journal, kinds }, jobAt(jobId));
}
