import { assertNever } from '../errors';
import type { AttemptRef, NodeAttempt } from '../model/attempt';
import type { Failure } from '../model/failure';
import type { Outputs } from '../model/outputs';
import { present } from '../model/present';
import type { TestSummary } from '../model/test-results';
import type { JobMessage } from './job';

/** What a worker reports about an attempt. */
export type AttemptReport =
  | { readonly type: 'started' }
  | { readonly type: 'progressed'; readonly percentage: number; readonly message?: string }
  | {
      readonly type: 'succeeded';
      readonly durationMs: number;
      readonly outputs: Outputs;
      /** Of a node with `reports`. */
      readonly tests?: TestSummary;
    }
  | {
      readonly type: 'failed';
      readonly durationMs: number;
      readonly failure: Failure;
      /** What it handed on before it failed. */
      readonly outputs?: Outputs;
      readonly tests?: TestSummary;
    };

/** Of a callback among the inputs of its job: what a worker answers, and says once more by callback, counts once. */
export const callbackId = ({ jobId, nodeId, attempt }: AttemptRef, callback: string): string =>
  `callback/${jobId}/${nodeId}/${attempt}/${callback}`;

/** What a report says to the job. */
export function reportMessage(
  { nodeId, attempt }: NodeAttempt,
  report: AttemptReport,
  workerId: string,
): JobMessage {
  const ref = { nodeId, attempt };
  switch (report.type) {
    case 'started':
      return { type: 'attemptStarted', ...ref, workerId };
    case 'progressed': {
      const { percentage, message } = report;
      return { type: 'attemptProgressed', ...ref, ...present({ percentage, message }) };
    }
    case 'succeeded': {
      const { durationMs, outputs, tests } = report;
      return { type: 'attemptSucceeded', ...ref, durationMs, outputs, ...present({ tests }), workerId };
    }
    case 'failed': {
      const { durationMs, failure, outputs, tests } = report;
      return { type: 'attemptFailed', ...ref, durationMs, failure, ...present({ outputs, tests }), workerId };
    }
    default:
      return assertNever(report, 'report');
  }
}
