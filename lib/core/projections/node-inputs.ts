import type { Graph, GraphNode } from '../dag/graph';
import { digest } from '../history/digest';
import { nodeHash } from '../history/durations';
import { inputHash, type NodeInput } from '../history/input-hash';
import type { AttemptSample } from '../history/samples';
import { namedIn } from '../job/conditions';
import { parametersFor, workFor } from '../job/edited';
import type { JobEvent } from '../job/events';
import { itemNode } from '../job/nodes';
import type { EditedInput } from '../model/edited-input';
import { itemId } from '../model/item-id';
import type { Outcome } from '../model/outcome';
import type { Outputs } from '../model/outputs';
import type { Parameters } from '../model/parameters';
import { present } from '../model/present';
import type { Given } from '../model/variable';

/** What the nodes of a job are given, followed event by event. */
export interface NodeInputs {
  readonly apply: (event: JobEvent) => void;
  /** What a node runs, an item of a fan-out included. */
  readonly specOf: (nodeId: string) => GraphNode | undefined;
  /** The hashes of a node that runs now. */
  readonly hashesOf: (spec: GraphNode) => Pick<AttemptSample, 'node' | 'input'>;
  /** A digest of the results that its expressions name, near and far. */
  readonly seenBy: (spec: GraphNode) => string;
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

  const needsOf = (spec: GraphNode) => (parents.get(spec.id) ?? spec).needs;

  return {
    expand,
    of: (nodeId: string) => specs.get(nodeId),
    itemsOf: (nodeId: string) => (fanOuts.get(nodeId) ?? []).map((_, index) => itemId(nodeId, index)),
    needsOf,
    /** Ids of what it needs, near and far. */
    upstreamOf(spec: GraphNode): ReadonlySet<string> {
      const seen = new Set(needsOf(spec));
      for (const id of seen) for (const need of specs.get(id)?.needs ?? []) seen.add(need);
      return seen;
    },
    replan(next: Graph): void {
      specs.clear();
      parents.clear();
      for (const node of next.nodes) specs.set(node.id, node);
      // Those that are decided anew say so again.
      for (const [nodeId, items] of [...fanOuts]) expand(nodeId, items);
    },
  };
}

/** How nodes ended and what they handed on. */
function createResults() {
  const results = new Map<string, NodeInput['needs'][string]>();
  const outputs = new Map<string, Outputs>();

  function complete(nodeId: string, outcome: Outcome): void {
    results.set(nodeId, { outcome, ...present({ outputs: outputs.get(nodeId) }) });
  }

  return {
    of: (nodeId: string) => results.get(nodeId),
    /** Whether a node that had ended has ended again, and so what needs it is given something else. */
    apply({ type, data }: JobEvent): boolean {
      switch (type) {
        case 'attempt.succeeded':
        case 'attempt.failed':
          if (data.outputs) outputs.set(data.nodeId, data.outputs);
          else outputs.delete(data.nodeId);
          return false;
        case 'attempt.lost':
          outputs.delete(data.nodeId);
          return false;
        case 'node.overruled':
          if (data.outputs) outputs.set(data.nodeId, data.outputs);
          complete(data.nodeId, data.outcome);
          return false;
        case 'node.completed': {
          const isAgain = results.has(data.nodeId);
          complete(data.nodeId, data.outcome);
          return isAgain;
        }
        default:
          return false;
      }
    },
  };
}

/** @param graphOf finds a graph that the job goes over to, before the event that says so is applied. */
export function createNodeInputs(
  graph: Graph,
  graphOf: (hash: string) => Graph | undefined = () => undefined,
): NodeInputs {
  const specs = createSpecs(graph);
  const results = createResults();
  const hashes = new Map<string, Pick<AttemptSample, 'node' | 'input'>>();
  /** What people had nodes run with. */
  const edits = new Map<string, EditedInput>();
  const given = new Map<string, Given>();
  let parameters: Parameters | undefined;

  return {
    apply(event) {
      if (results.apply(event)) hashes.clear();
      const { type, data } = event;
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
        case 'node.ready':
          if (!data.given) break;
          given.set(data.nodeId, data.given);
          hashes.delete(data.nodeId);
          break;
        case 'node.expanded':
          specs.expand(data.nodeId, data.items);
          break;
        case 'node.edited':
          edits.set(data.nodeId, data.input);
          hashes.delete(data.nodeId);
      }
    },
    specOf: specs.of,
    hashesOf(spec) {
      const known = hashes.get(spec.id);
      if (known) return known;
      const needs = specs.needsOf(spec).flatMap((id) => {
        const result = results.of(id);
        return result ? [[id, result] as const] : [];
      });
      const edited = edits.get(spec.id);
      const node = nodeHash({ ...spec, work: workFor(spec.work, edited) });
      const told = present({
        parameters: parametersFor(parameters, edited),
        given: spec.with && given.get(spec.id),
      });
      const input = inputHash({ node, needs: Object.fromEntries(needs), ...told });
      hashes.set(spec.id, { node, input });
      return { node, input };
    },
    seenBy(spec) {
      const named =
        namedIn([spec.when, spec.forEach, ...Object.values(spec.with ?? {})]) ?? specs.upstreamOf(spec);
      const resultsOf = (id: string) => [id, ...specs.itemsOf(id)].map((each) => results.of(each) ?? null);
      return digest([...named].sort().map((id) => [id, resultsOf(id)]));
    },
  };
}
