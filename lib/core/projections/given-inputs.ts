import type { Graph } from '../dag/graph';
import type { JobEvent } from '../job/events';
import { createNodeInputs } from './node-inputs';

/** What the nodes of a job were given when they were judged last, followed event by event from the first one on. */
export interface GivenInputs {
  readonly apply: (event: JobEvent) => void;
  /** Nodes that would be given something else now: what they need has run again since. */
  readonly changed: () => string[];
}

/** @param graphOf finds a graph that the job goes over to. */
export function createGivenInputs(graph: Graph, graphOf: (hash: string) => Graph | undefined): GivenInputs {
  const inputs = createNodeInputs(graph, graphOf);
  const given = new Map<string, string>();

  function note(nodeId: string): void {
    const hash = hashNow(nodeId);
    if (hash !== undefined) given.set(nodeId, hash);
  }

  function hashNow(nodeId: string): string | undefined {
    const spec = inputs.specOf(nodeId);
    return spec && `${inputs.hashesOf(spec).input} ${inputs.seenBy(spec)}`;
  }

  return {
    apply(event) {
      inputs.apply(event);
      // A node is judged before anything that it needs can run again.
      if (event.type === 'node.ready' || event.type === 'node.expanded') note(event.data.nodeId);
      if (event.type === 'node.completed' && event.data.outcome === 'skipped') note(event.data.nodeId);
    },
    changed: () => [...given].flatMap(([nodeId, hash]) => (hashNow(nodeId) === hash ? [] : [nodeId])),
  };
}
