import type { JobEvent } from '../job/events';
import type { Recorded } from '../journal/envelope';
import type { EditedInput } from '../model/edited-input';
import type { Diagnosis } from '../model/failure';
import type { Outcome } from '../model/outcome';
import { present } from '../model/present';
import type { RetryPlan } from '../model/retry-policy';

/** An attempt of a node. Times are milliseconds since the epoch. */
export interface ExplainedAttempt {
  readonly attempt: number;
  workerId?: string;
  startedAt?: number;
  endedAt?: number;
  end?: 'succeeded' | 'failed' | 'lost';
  /** The first line of what it said. */
  failure?: string;
  diagnosis?: Diagnosis;
  /** How the next one was scheduled. */
  next?: RetryPlan & { readonly dueAt: number; readonly why: string };
}

/** A retry that a person asked for. */
export interface RetryRequest {
  readonly at: number;
  readonly by: string;
  readonly reason: string;
  readonly level?: number;
  /** Why it was refused. */
  readonly refused?: string;
}

/** What a person had its attempts run with from then on. */
export interface Edit {
  readonly at: number;
  readonly by: string;
  readonly input: EditedInput;
}

/** What the journal says of a node: why each attempt was when and where it was, and why there was none after the last. */
export interface Explanation {
  readonly attempts: readonly ExplainedAttempt[];
  readonly outcome?: Outcome;
  readonly reason?: string;
  readonly whyNotAgain?: string;
  readonly requests: readonly RetryRequest[];
  readonly edits: readonly Edit[];
}

interface Ending {
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly whyNotAgain?: string;
}

/** Explains one node from the events of its job, applied in their order. */
export function createExplanation(nodeId: string) {
  const attempts = new Map<number, ExplainedAttempt>();
  const requests: RetryRequest[] = [];
  const edits: Edit[] = [];
  let ending: Ending | undefined;

  function attemptOf(attempt: number): ExplainedAttempt {
    const known = attempts.get(attempt) ?? { attempt };
    attempts.set(attempt, known);
    return known;
  }

  function applyToJob({ at, actor, ...event }: Recorded<JobEvent>): void {
    const { type, data } = event as JobEvent;
    if (type === 'job.resumed' && data.nodes.includes(nodeId)) {
      ending = undefined;
      requests.push({ at, by: actor.id, reason: data.reason, ...present({ level: data.level }) });
    }
    if (type === 'job.retryRefused' && (data.nodes === undefined || data.nodes.includes(nodeId))) {
      const { reason, level, why: refused } = data;
      requests.push({ at, by: actor.id, reason, refused, ...present({ level }) });
    }
  }

  function applyToNode(recorded: Recorded<JobEvent>): void {
    const { at, actor } = recorded;
    const event = { type: recorded.type, data: recorded.data } as JobEvent;
    switch (event.type) {
      case 'node.ready':
        attemptOf(event.data.attempt);
        return;
      case 'attempt.started':
        Object.assign(attemptOf(event.data.attempt), { workerId: event.data.workerId, startedAt: at });
        return;
      case 'attempt.succeeded':
        Object.assign(attemptOf(event.data.attempt), { end: 'succeeded', endedAt: at });
        return;
      case 'attempt.failed': {
        const { attempt, failure, diagnosis } = event.data;
        const end = { end: 'failed', endedAt: at, failure: firstLine(failure.message) || failure.kind };
        Object.assign(attemptOf(attempt), end, present({ diagnosis }));
        return;
      }
      case 'attempt.lost': {
        const { attempt, reason } = event.data;
        Object.assign(attemptOf(attempt), { end: 'lost', endedAt: at, failure: firstLine(reason) });
        return;
      }
      case 'node.retryScheduled': {
        const { nodeId: _node, attempt, ...next } = event.data;
        attemptOf(attempt - 1).next = next;
        return;
      }
      case 'node.completed': {
        const { outcome, reason, why: whyNotAgain } = event.data;
        ending = { outcome, ...present({ reason, whyNotAgain }) };
        return;
      }
      case 'node.edited':
        edits.push({ at, by: actor.id, input: event.data.input });
        return;
      case 'node.overruled': {
        const { outcome, by, reason } = event.data;
        ending = { outcome, reason: `${by}: ${reason}` };
        return;
      }
      default:
        return;
    }
  }

  return {
    apply(event: Recorded): void {
      const recorded = event as Recorded<JobEvent>;
      if (!('nodeId' in recorded.data)) applyToJob(recorded);
      else if (recorded.data.nodeId === nodeId) applyToNode(recorded);
    },
    result: (): Explanation => ({
      attempts: [...attempts.values()],
      ...ending,
      requests,
      edits,
    }),
  };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? '';
}
