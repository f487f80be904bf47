import { assertNever } from '../errors';
import type { JobMessage } from './job';
import type { AttemptReport, ExecutionRef } from '../ports/stores';

/** What an executor's report says to the job. */
export function reportMessage(
  { nodeId, attempt }: ExecutionRef,
  report: AttemptReport,
  workerId: string,
): JobMessage {
  switch (report.type) {
    case 'started':
      return { type: 'attemptStarted', nodeId, attempt, workerId };
    case 'progressed': {
      const { percentage, message } = report;
      const said = message === undefined ? {} : { message };
      return { type: 'attemptProgressed', nodeId, attempt, percentage, ...said };
    }
    case 'succeeded': {
      // A message holds JSON; so do outputs, whose type is wider.
      const outputs = report.outputs as Extract<JobMessage, { type: 'attemptSucceeded' }>['outputs'];
      return { type: 'attemptSucceeded', nodeId, attempt, durationMs: report.durationMs, outputs };
    }
    case 'failed':
      return {
        type: 'attemptFailed',
        nodeId,
        attempt,
        durationMs: report.durationMs,
        failure: report.failure,
      };
    default:
      return assertNever(report, 'report');
  }
}
