import type { z } from 'zod';
import type { Callback, callbackBodies } from '../../lib/adapters/http/contract';
import { RepriseError } from '../../lib/core/errors';
import type { AttemptRef } from '../../lib/core/job/events';
import type { JobMessage } from '../../lib/core/messages/job';

/** What a node hands on, as JSON: it is copied into the journal and read by every `when` below it. */
export const MAX_OUTPUT_BYTES = 16 * 1024;

export type CallbackBody = {
  [C in Callback]: { report: C } & z.output<(typeof callbackBodies)[C]>;
}[Callback];

/** @throws RepriseError INPUT_INVALID when the outputs are too large. */
export function callbackMessage({ nodeId, attempt }: AttemptRef, body: CallbackBody): JobMessage {
  const ref = { nodeId, attempt };
  switch (body.report) {
    case 'started':
      return { type: 'attemptStarted', ...ref, workerId: body.worker_id };
    case 'progress': {
      const message = body.message === undefined ? {} : { message: body.message };
      return { type: 'attemptProgressed', ...ref, percentage: body.percentage, ...message };
    }
    case 'completed':
      requireSmall(body.outputs);
      return { type: 'attemptSucceeded', ...ref, durationMs: body.duration_ms, outputs: body.outputs };
    case 'failed':
      return { type: 'attemptFailed', ...ref, durationMs: body.duration_ms, failure: body.failure };
  }
}

function requireSmall(outputs: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(outputs));
  if (bytes <= MAX_OUTPUT_BYTES) return;
  const message = `${bytes} bytes, more than the ${MAX_OUTPUT_BYTES} a node may hand on: put them elsewhere and hand on where`;
  throw new RepriseError('INPUT_INVALID', `outputs: ${message}`, {
    problems: [{ code: 'INPUT_INVALID', path: 'outputs', message }],
  });
}
