import type { Ask } from '../../client/caller';
import type { JobView } from '../../contract/jobs';

/** A job with all of its nodes, page by page: of the job, what it was last; of its nodes, all pages. */
export async function wholeJob(ask: Ask, jobId: string): Promise<JobView> {
  // Without a prototype, as a node may be called like one of its members.
  const nodes: JobView['nodes'] = Object.create(null);
  for (let from: string | undefined; ; ) {
    const { next_nodes: next, ...job } = await ask('getJob', {
      path: { jobId },
      query: { nodes_from: from },
    });
    Object.assign(nodes, job.nodes);
    if (next === undefined) return { ...job, nodes };
    from = next;
  }
}
