import type { Graph } from '../../../core/dag/graph';
import { indexGraph } from '../../../core/dag/graph-index';

/** An input of Step Functions ends at 256 KiB: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_INPUT_BYTES = 256 * 1024;

/**
 * The input of the graph runner: every node, each after what it needs, so that a machine that enters only some at a time
 * never waits for one it has not entered. 10,000 nodes fit with ids of up to 23 characters.
 * @returns undefined when the ids take more than an input may hold.
 */
export function runnerInput(jobId: string, graph: Graph): string | undefined {
  const { order } = indexGraph(graph, '');
  const input = JSON.stringify({ jobId, nodes: order.map((i) => graph.nodes[i]?.id) });
  return Buffer.byteLength(input) <= MAX_INPUT_BYTES ? input : undefined;
}
