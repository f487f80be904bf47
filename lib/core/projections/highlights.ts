import type { JobEvent, NodeCompleted } from '../job/events';
import type { Recorded } from '../journal/envelope';
import { lasted } from '../model/lasted';
import type { JobOutcome, Outcome } from '../model/outcome';
import { present } from '../model/present';
import { createExplanation, type Explanation } from './explanation';

/** A node that somebody should look at, with why each of its attempts was. */
export interface Highlight extends Explanation {
  readonly nodeId: string;
  /** Which known flakes it succeeded in spite of. */
  readonly warning?: string;
}

/** What of a job a person should see. */
export interface Highlights {
  /** Absent while the job is not over. */
  readonly status?: JobOutcome;
  /** Why it was cancelled, or ran out of its time. */
  readonly reason?: string;
  /** Milliseconds, from its submission to its end, or to its latest event. */
  readonly durationMs: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** What did not succeed, was tried again or has a warning, in the order in which it ended. */
  readonly nodes: readonly Highlight[];
}

interface Life {
  readonly explanation: ReturnType<typeof createExplanation>;
  warning?: string | undefined;
}

/** Folds the events of one job, from its first on. Memory goes with what has to be shown, not with the graph. */
export function createHighlights() {
  const lives = new Map<string, Life>();
  const outcomes = new Map<string, Outcome>();
  let [startedAt, latestAt] = [0, 0];
  let status: JobOutcome | undefined;
  let reason: string | undefined;

  function lifeOf(nodeId: string): Life {
    const known = lives.get(nodeId);
    if (known) return known;
    const fresh: Life = { explanation: createExplanation(nodeId) };
    lives.set(nodeId, fresh);
    return fresh;
  }

  function complete(data: NodeCompleted): void {
    const { nodeId, outcome, attempts, warning } = data;
    outcomes.set(nodeId, outcome);
    const isPlain = outcome === 'succeeded' && attempts <= 1 && warning === undefined;
    if (isPlain) lives.delete(nodeId);
    else lifeOf(nodeId).warning = warning;
  }

  /** Nodes that run again have no outcome until they end anew. */
  function applyToJob({ type, data }: JobEvent): void {
    if (type === 'job.completed') status = data.status;
    if (type === 'job.cancelRequested') reason = data.reason;
    if (type === 'job.resumed') for (const nodeId of data.nodes) outcomes.delete(nodeId);
    if (type === 'job.replanned') {
      const kept = new Set(data.keeps);
      for (const nodeId of [...outcomes.keys()]) {
        if (kept.has(nodeId)) continue;
        outcomes.delete(nodeId);
        lives.delete(nodeId);
      }
    }
    if (type === 'job.resumed' || type === 'job.replanned') {
      status = undefined;
      reason = undefined;
    }
  }

  return {
    apply(event: Recorded): void {
      const recorded = event as Recorded<JobEvent>;
      if (recorded.seq === 1) startedAt = recorded.at;
      latestAt = recorded.at;
      if (!('nodeId' in recorded.data)) {
        applyToJob(recorded as JobEvent);
        for (const { explanation } of lives.values()) explanation.apply(recorded);
        return;
      }
      lifeOf(recorded.data.nodeId).explanation.apply(recorded);
      if (recorded.type === 'node.completed') complete(recorded.data);
      if (recorded.type === 'node.overruled') outcomes.set(recorded.data.nodeId, recorded.data.outcome);
    },
    result(): Highlights {
      const counts = { succeeded: 0, failed: 0, skipped: 0, cancelled: 0 };
      for (const outcome of outcomes.values()) counts[outcome]++;
      const nodes = [...outcomes.keys()].flatMap((nodeId) => {
        const life = lives.get(nodeId);
        return life ? [{ nodeId, ...life.explanation.result(), ...present({ warning: life.warning }) }] : [];
      });
      return { ...present({ status, reason }), durationMs: lasted(startedAt, latestAt), counts, nodes };
    },
  };
}
