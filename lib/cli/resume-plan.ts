import type { Graph } from '../core/dag/graph';
import { graphHash } from '../core/dag/hash';
import { createKinds } from '../core/engine/kinds';
import { createReader } from '../core/engine/reader';
import { planOfResume } from '../core/engine/resume-plan-of';
import type { ResumePlan } from '../core/job/resume-plan';
import { jobAt } from '../core/messages/address';
import { present } from '../core/model/present';
import type { GraphStore, JournalStore } from '../core/ports/stores';
import type { JobFold } from '../core/ports/streams';

/** What a person changes of a job as it goes on. */
export interface Changes {
  /** To go on over this graph. */
  readonly graph?: Graph;
  /** These nodes run again, with all that is downstream of them. */
  readonly from?: readonly string[];
}

export interface PlanDeps {
  readonly journal: JournalStore;
  readonly graphs: Pick<GraphStore, 'get'>;
}

/** A plan with what it is of. */
export interface NamedPlan extends ResumePlan {
  readonly jobId: string;
  /** Of the graph that the job is to follow. */
  readonly graphHash: string;
}

/**
 * What a job of a journal would run, whoever has it now: nothing is written.
 * @throws RepriseError JOB_NOT_OVER, NODE_NOT_FOUND
 */
export async function planChanges(
  deps: PlanDeps,
  jobId: string,
  { graph, from }: Changes,
): Promise<NamedPlan> {
  const hash = graph && graphHash(graph);
  // The graph of a dry run is kept nowhere.
  const get = async (wanted: string) => (graph && wanted === hash ? graph : deps.graphs.get(wanted));
  const known = { journal: deps.journal, graphs: { get } };
  const job = await readJob(known, jobId);
  const plan = await planOfResume(known, { jobId, ...job }, present({ from, graphHash: hash }));
  return { jobId, graphHash: hash ?? job.index.hash, ...plan };
}

/** A job as its journal has it, whoever has it now. @throws RepriseError JOB_NOT_FOUND */
export function readJob({ journal, graphs }: PlanDeps, jobId: string): Promise<JobFold> {
  const judge = () => Promise.reject(new Error('a reader judges nothing'));
  const kinds = createKinds({ journal, graphs, random: () => 0, conditions: { judge, judgeEach: judge } });
  return createReader({ journal, snapshots: { load: async () => undefined } }, kinds).view(jobAt(jobId));
}
