import type { JobEvent } from '../job/events';
import type { Recorded } from '../journal/envelope';
import type { EditedInput } from '../model/edited-input';
import type { Outcome } from '../model/outcome';
import { present } from '../model/present';
import { createAttemptLog, type ExplainedAttempt } from './explained-attempts';

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
  /** Why it is not tried again to undo it. */
  readonly whyNotUndone?: string;
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
  const log = createAttemptLog();
  const requests: RetryRequest[] = [];
  const edits: Edit[] = [];
  let ending: Ending | undefined;
  let whyNotUndone: string | undefined;

  function applyToJob({ at, actor, ...event }: Recorded<JobEvent>): void {
    const { type, data } = event as JobEvent;
    if (type === 'job.resumed' && data.nodes.includes(nodeId)) {
      ending = undefined;
      whyNotUndone = undefined;
      requests.push({ at, by: actor.id, reason: data.reason, ...present({ level: data.level }) });
    }
    if (type === 'job.replanned' && !data.keeps.includes(nodeId)) {
      ending = undefined;
      requests.push({ at, by: actor.id, reason: data.reason });
    }
    if (type === 'job.retryRefused' && (data.nodes === undefined || data.nodes.includes(nodeId))) {
      const { reason, level, why: refused } = data;
      requests.push({ at, by: actor.id, reason, refused, ...present({ level }) });
    }
  }

  function applyToNode(recorded: Recorded<JobEvent>): void {
    const { at, actor } = recorded;
    const event = { type: recorded.type, data: recorded.data } as JobEvent;
    log.apply(event, recorded.at);
    switch (event.type) {
      case 'node.completed': {
        const { outcome, reason, why: whyNotAgain } = event.data;
        ending = { outcome, ...present({ reason, whyNotAgain }) };
        return;
      }
      case 'rollback.stepGivenUp':
        whyNotUndone = event.data.why;
        return;
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
      attempts: log.attempts(),
      ...ending,
      ...present({ whyNotUndone }),
      requests,
      edits,
    }),
  };
}
