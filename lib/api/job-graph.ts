import type { JobGraphView } from '../contract/jobs';
import type { Graph, GraphNode } from '../core/dag/graph';
import { present } from '../core/model/present';
import type { Work } from '../core/model/work';
import type { StreamReader } from '../core/ports/streams';
import { accessibleFold } from './access';
import { type Served, serve } from './route';
import { ROUTES } from './routes';

/** The graph that a job follows: that of its submission, or the one over which it was resumed. */
export function getJobGraph({ view }: StreamReader): Served {
  return serve(ROUTES.getJobGraph, async ({ caller, params: { jobId } }) => {
    const { index } = await accessibleFold(caller, jobId, { view });
    return { status: 200, body: { job_id: jobId, graph_hash: index.hash, ...graphBody(index.graph) } };
  });
}

function graphBody({ name, onFailure, nodes }: Graph): Omit<JobGraphView, 'job_id' | 'graph_hash'> {
  return { name, on_failure: onFailure, nodes: nodes.map(nodeBody) };
}

function nodeBody(node: GraphNode): JobGraphView['nodes'][number] {
  const { id, trigger, slots, when, forEach, compensate, durationMs } = node;
  return {
    ...{ id, needs: [...node.needs], trigger, does: doneBy(node.work), slots },
    ...{ labels: [...node.labels], dependencies: [...(node.dependencies ?? [])] },
    ...present({ when, for_each: forEach, compensate }),
    ...present({ duration_seconds: durationMs === undefined ? undefined : durationMs / 1_000 }),
  };
}

function doneBy(work: Work): string {
  return work.kind === 'command' ? work.run : work.suite;
}
