import type { ResumeJobResponse } from '../../contract/jobs';
import type { ResumePlan } from '../../core/job/resume-plan';
import { present } from '../../core/model/present';

interface Resumed {
  readonly jobId: string;
  readonly status: string;
  /** Of the graph that the job goes on over. */
  readonly graphHash: string;
  readonly isDryRun: boolean;
}

/** What a resume does, or would do, as the API shows it. */
export function resumeBody(
  { jobId, status, graphHash, isDryRun }: Resumed,
  { nodes, gone }: ResumePlan,
): ResumeJobResponse {
  const runs = nodes.filter((node) => node.runs).length;
  return {
    job_id: jobId,
    ...{ status, graph_hash: graphHash, dry_run: isDryRun, runs, keeps: nodes.length - runs },
    nodes: Object.fromEntries(
      nodes.map(({ nodeId, runs, why, of }) => [nodeId, { runs, why, ...present({ of }) }]),
    ),
    gone: [...gone],
  };
}
