import { isEnding, refOf } from '../contract/execution-wire';
import type { ExecutionRequestBody } from '../contract/executions';
import type { AttemptReport } from '../core/messages/report';
import { attemptKey } from '../core/model/attempt';
import type { Acceptance, ServerDeps } from './server';

/** Which attempts have begun, and who is told: whoever asks for it in the answer, else the engine by a report. */
export interface Starts {
  /** @returns whether the report is for the engine. */
  readonly heard: (attempt: string, report: AttemptReport) => boolean;
  /** Takes attempts on. While it does, the start of one is for the answer that asks for it. */
  readonly answering: (accept: (body: ExecutionRequestBody) => Promise<Acceptance>) => ServerDeps['accept'];
}

/** @see Starts */
export function createStarts(): Starts {
  const begun = new Set<string>();
  const asked = new Set<string>();
  return {
    heard(attempt, report) {
      if (isEnding(report)) begun.delete(attempt);
      if (report.type !== 'started') return true;
      begun.add(attempt);
      return !asked.has(attempt);
    },
    answering:
      (accept) =>
      async (body, { answersStart }) => {
        if (!answersStart) return accept(body);
        const attempt = attemptKey(refOf(body));
        asked.add(attempt);
        try {
          const taken = await accept(body);
          return taken === 'accepted' && begun.has(attempt) ? 'started' : taken;
        } finally {
          asked.delete(attempt);
        }
      },
  };
}
