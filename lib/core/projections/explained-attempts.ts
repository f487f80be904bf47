import type { JobEvent } from '../job/events';
import type { Diagnosis } from '../model/failure';
import { present } from '../model/present';
import type { RetryPlan } from '../model/retry-policy';
import type { Given } from '../model/variable';
import { type ExplainedRecovery, noteRecovery } from './explained-recovery';

/** An attempt of a node. Times are milliseconds since the epoch. */
export interface ExplainedAttempt {
  readonly attempt: number;
  /** It was to undo what the node did. */
  compensates?: true;
  /** What its command is given under `with`, where that came to be known with it; later attempts are given the same. */
  given?: Given;
  workerId?: string;
  startedAt?: number;
  endedAt?: number;
  end?: 'succeeded' | 'failed' | 'lost';
  /** The first line of what it said. */
  failure?: string;
  diagnosis?: Diagnosis;
  /** How the next one was scheduled. */
  next?: RetryPlan & { readonly dueAt: number; readonly why: string };
  /** What was done where it was lost, or nothing more could be done. */
  recovery?: ExplainedRecovery;
}

/** The attempts of one node, and those to undo it, from its events in their order. */
export function createAttemptLog() {
  const attempts = new Map<number, ExplainedAttempt>();

  function noted(attempt: number): ExplainedAttempt {
    const known = attempts.get(attempt) ?? { attempt };
    attempts.set(attempt, known);
    return known;
  }

  function note(attempt: number, what: Partial<ExplainedAttempt>): void {
    Object.assign(noted(attempt), what);
  }

  return {
    attempts: (): readonly ExplainedAttempt[] => [...attempts.values()],
    apply(event: JobEvent, at: number): void {
      switch (event.type) {
        case 'node.ready':
          note(event.data.attempt, present({ given: event.data.given }));
          return;
        case 'rollback.stepReady':
          note(event.data.attempt, { compensates: true });
          return;
        case 'attempt.started':
        case 'rollback.stepStarted':
          note(event.data.attempt, { workerId: event.data.workerId, startedAt: at });
          return;
        case 'attempt.succeeded':
        case 'rollback.stepSucceeded':
          note(event.data.attempt, { end: 'succeeded', endedAt: at });
          return;
        case 'attempt.failed':
        case 'rollback.stepFailed': {
          const { attempt, failure, diagnosis } = event.data;
          const said = firstLine(failure.message) || failure.kind;
          note(attempt, { end: 'failed', endedAt: at, failure: said, ...present({ diagnosis }) });
          return;
        }
        case 'attempt.lost':
        case 'rollback.stepLost': {
          const { attempt, reason } = event.data;
          note(attempt, { end: 'lost', endedAt: at, failure: firstLine(reason) });
          return;
        }
        case 'node.retryScheduled':
        case 'rollback.stepScheduled': {
          const { nodeId: _node, attempt, ...next } = event.data;
          note(attempt - 1, { next });
          return;
        }
        case 'recovery.initiated':
        case 'recovery.completed':
        case 'recovery.failed':
          noteRecovery(event, noted, () => [...attempts.values()]);
          return;
        default:
          return;
      }
    },
  };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? '';
}
