import type { Graph, GraphNode } from '../dag/graph';
import { nodeHash } from '../history/durations';
import { inputHash, type NodeInput } from '../history/input-hash';
import type { AttemptSample } from '../history/samples';
import { parametersFor, workFor } from '../job/edited';
import type { JobEvent } from '../job/events';
import { itemId, itemNode } from '../job/nodes';
import type { EditedInput } from '../model/edited-input';
import type { Outputs } from '../model/outputs';
import type { Parameters } from '../model/parameters';
import { present } from '../model/present';

/** What the nodes of a job are given, followed event by event. */
export interface NodeInputs {
  readonly apply: (event: JobEvent) => void;
  /** What a node runs, an item of a fan-out included. */
  readonly specOf: (nodeId: string) => GraphNode | undefined;
  /** The hashes of a node that runs now. */
  readonly hashesOf: (spec: GraphNode) => Pick<AttemptSample, 'node' | 'input'>;
}

/** What nodes run: those of the graph that a job follows, and the items of its fan-outs. */
function createSpecs(graph: Graph) {
  const specs = new Map(graph.nodes.map((node) => [node.id, node]));
  const fanOuts = new Map<string, readonly unknown[]>();
  /** Of items, whose parents need what they need. */
  const parents = new Map<string, GraphNode>();

  function expand(nodeId: string, items: readonly unknown[]): void {
    const parent = specs.get(nodeId);
    if (!parent) return;
    fanOuts.set(nodeId, items);
    items.forEach((value, index) => {
      const id = itemId(nodeId, index);
      specs.set(id, itemNode(parent, { index, total: items.length, value }));
      parents.set(id, parent);
    });
  }

  return {
    expand,
    of: (nodeId: string) => specs.get(nodeId),
    needsOf: (spec: GraphNode) => (parents.get(spec.id) ?? spec).needs,
    replan(next: Graph): void {
      specs.clear();
      parents.clear();
      for (const node of next.nodes) specs.set(node.id, node);
      // Those that are decided anew say so again.
      for (const [nodeId, items] of [...fanOuts]) expand(nodeId, items);
    },
  };
}

/** @param graphOf finds a graph that the job goes over to, before the event that says so is applied. */
export function createNodeInputs(
  graph: Graph,
  graphOf: (hash: string) => Graph | undefined = () => undefined,
): NodeInputs {
  const specs = createSpecs(graph);
  const results = new Map<string, NodeInput['needs'][string]>();
  const outputs = new Map<string, Outputs>();
  const hashes = new Map<string, Pick<AttemptSample, 'node' | 'input'>>();
  /** What people had nodes run with. */
  const edits = new Map<string, EditedInput>();
  let parameters: Parameters | undefined;

  return {
    apply({ type, data }) {
      switch (type) {
        case 'job.submitted':
          parameters = data.parameters;
          break;
        case 'job.resumed':
          // What runs again may hand on something else.
          hashes.clear();
          break;
        case 'job.replanned': {
          const next = graphOf(data.graphHash);
          if (next) specs.replan(next);
          hashes.clear();
          break;
        }
        case 'node.expanded':
          specs.expand(data.nodeId, data.items);
          break;
        case 'attempt.succeeded':
        case 'attempt.failed':
          if (data.outputs) outputs.set(data.nodeId, data.outputs);
          else outputs.delete(data.nodeId);
          break;
        case 'node.edited':
          edits.set(data.nodeId, data.input);
          hashes.delete(data.nodeId);
          break;
        case 'node.overruled':
          if (data.outputs) outputs.set(data.nodeId, data.outputs);
          results.set(data.nodeId, {
            outcome: data.outcome,
            ...present({ outputs: outputs.get(data.nodeId) }),
          });
          break;
        case 'node.completed': {
          const { nodeId, outcome } = data;
          // It has run again, and so what needs it is given something else.
          if (results.has(nodeId)) hashes.clear();
          results.set(nodeId, { outcome, ...present({ outputs: outputs.get(nodeId) }) });
        }
      }
    },
    specOf: specs.of,
    hashesOf(spec) {
      const known = hashes.get(spec.id);
      if (known) return known;
      const given = specs.needsOf(spec).flatMap((id) => {
        const result = results.get(id);
        return result ? [[id, result] as const] : [];
      });
      const edited = edits.get(spec.id);
      const node = nodeHash({ ...spec, work: workFor(spec.work, edited) });
      const told = present({ parameters: parametersFor(parameters, edited) });
      const input = inputHash({ node, needs: Object.fromEntries(given), ...told });
      hashes.set(spec.id, { node, input });
      return { node, input };
    },
  };
}
