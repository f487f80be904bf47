import type { Graph } from '../../../core/dag/graph';
import { nodeHash } from '../../../core/history/durations';
import type { JobEvent } from '../../../core/job/events';
import type { Recorded } from '../../../core/journal/envelope';
import { appendHistory, type DurationSample } from './history';
import type { Layout } from './layout';

/** Collects how long the successful attempts of a job took, for the jobs that come. */
export interface HistoryRecorder {
  readonly apply: (events: readonly Recorded<JobEvent>[]) => void;
  /** Adds what was collected since the last save to the history of the journal directory. */
  readonly save: () => Promise<void>;
}

/** A process that dies forgets what it measured: estimates are not worth a write per attempt. */
export function createHistoryRecorder(layout: Layout, graph: Graph): HistoryRecorder {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  let samples: DurationSample[] = [];
  return {
    apply(events) {
      for (const { type, data } of events as readonly JobEvent[]) {
        const node = type === 'attempt.succeeded' ? nodes.get(data.nodeId) : undefined;
        if (type === 'attempt.succeeded' && node) samples.push({ node: nodeHash(node), ms: data.durationMs });
      }
    },
    async save() {
      const taken = samples;
      samples = [];
      await appendHistory(layout, taken);
    },
  };
}
