import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineClient } from '../adapters/http/engine-client';
import type { JobEvent } from '../core/job/events';
import type { JobOutcome } from '../core/model/outcome';

const POLL_MS = 300;

/**
 * Prints what happens to a job's nodes until it is over.
 * @param print takes one line without its end.
 */
export async function followJob(
  client: Pick<EngineClient, 'listEvents'>,
  jobId: string,
  print: (line: string) => void,
  signal?: AbortSignal,
): Promise<JobOutcome> {
  for (let from = 1; ; ) {
    signal?.throwIfAborted();
    const { events } = await client.listEvents(jobId, from);
    for (const recorded of events) {
      from = recorded.seq + 1;
      const event = recorded as unknown as JobEvent;
      const line = lineOf(event);
      if (line !== undefined) print(line);
      if (event.type === 'job.completed') return event.data.status;
    }
    if (events.length === 0) await sleep(POLL_MS);
  }
}

function lineOf(event: JobEvent): string | undefined {
  switch (event.type) {
    case 'attempt.started':
      return `${event.data.nodeId}  attempt ${event.data.attempt} on ${event.data.workerId}`;
    case 'attempt.failed':
      return `${event.data.nodeId}  attempt ${event.data.attempt} failed: ${lastLine(event.data.failure.message)}`;
    case 'attempt.lost':
      return `${event.data.nodeId}  attempt ${event.data.attempt} lost: ${event.data.reason}`;
    case 'node.retryScheduled':
      return `${event.data.nodeId}  attempt ${event.data.attempt} in ${(event.data.delayMs / 1_000).toFixed(1)} s`;
    case 'node.completed': {
      const { nodeId, outcome, reason } = event.data;
      return `${nodeId}  ${outcome}${reason === undefined ? '' : `: ${lastLine(reason)}`}`;
    }
    case 'rollback.stepSucceeded':
      return `${event.data.nodeId}  undone`;
    case 'rollback.stepGivenUp':
      return `${event.data.nodeId}  not undone: ${event.data.why}`;
    default:
      return undefined;
  }
}

/** Characters of a message that a line shows. */
const SHOWN = 120;

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN - 1)}…`;
}
