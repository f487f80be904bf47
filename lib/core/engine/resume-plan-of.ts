import { type GraphIndex, indexGraph } from '../dag/graph-index';
import { RepriseError } from '../errors';
import { nodeById } from '../job/nodes';
import { planResume, type ResumePlan } from '../job/resume-plan';
import { isOver } from '../model/outcome';
import { type ChangeDeps, changeOf, type Standing } from './change-of';

export type ResumePlanDeps = Omit<ChangeDeps, 'indexOf'>;

/** What a resume is asked to do beside going on. */
export interface ResumeRequest {
  readonly from?: readonly string[];
  readonly graphHash?: string;
}

/**
 * What a resume would do with each node of a job.
 * @throws RepriseError JOB_NOT_OVER, NODE_NOT_FOUND, GRAPH_NOT_FOUND
 */
export async function planOfResume(
  deps: ResumePlanDeps,
  job: Standing,
  { from, graphHash }: ResumeRequest,
): Promise<ResumePlan> {
  requireEnded(job, { ...(from && { from }), ...(graphHash !== undefined && { graphHash }) });
  const indexOf = async (hash: string) => indexGraph(await deps.graphs.get(hash), hash);
  const change = await changeOf({ ...deps, indexOf }, job, graphHash);
  const next = change?.index ?? job.index;
  const unknown = from?.find((id) => !next.indexOf.has(id) && !isItemStill(job, id, next));
  if (unknown !== undefined) {
    const message = `the graph that job ${job.jobId} is to go on over has no node ${unknown}: check the id`;
    throw new RepriseError('NODE_NOT_FOUND', message, { context: { jobId: job.jobId, nodeId: unknown } });
  }
  return planResume(job.index, job.state, { from, change });
}

/** Whether a job has an item of this id, and a graph maps the node that it is of. */
function isItemStill({ index, state }: Standing, id: string, next: GraphIndex): boolean {
  const { item } = nodeById(index, state, id)?.node ?? {};
  const mapped = item && index.graph.nodes[item.parent];
  return next.graph.nodes[next.indexOf.get(mapped?.id ?? '') ?? -1]?.forEach !== undefined;
}

/** @throws RepriseError JOB_NOT_OVER where nodes or another graph are named of a job that is not over. */
export function requireEnded(
  { jobId, state: { status } }: Standing,
  { from, graphHash }: ResumeRequest,
): void {
  if (isOver(status) || (from === undefined && graphHash === undefined)) return;
  const what = from === undefined ? 'another graph' : 'nodes that are to run again';
  const message = `job ${jobId} is ${status}, and takes ${what} when it is over: resume it as it is, or cancel it, first`;
  throw new RepriseError('JOB_NOT_OVER', message, { context: { jobId, status } });
}
