import { z } from 'zod';
import type { SqsInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import { CALLBACKS, callbackBodies } from '../../lib/adapters/http/contract';
import { id } from '../../lib/api/ownership';
import { parse, type Route } from '../../lib/api/route';
import { attemptToken, sameToken } from '../../lib/core/access/attempt-token';
import { SCOPES } from '../../lib/core/access/scopes';
import { RepriseError } from '../../lib/core/errors';
import { type CallbackBody, callbackMessage } from './message';

const anything = z.looseObject({});
const params = z.object({
  jobId: id,
  nodeId: id,
  attempt: z.coerce.number().int().positive(),
  report: z.enum(CALLBACKS),
});

export interface AttemptCallbackDeps {
  readonly queues: Pick<SqsInputQueues, 'sendToJob'>;
  readonly secret: () => Promise<string>;
  readonly onAccepted: () => void;
}

/** Takes a report about an attempt from the worker that runs it, and from no other. */
export function attemptCallbackRoute(
  deps: AttemptCallbackDeps,
): Route<typeof anything, typeof params, typeof anything> {
  return {
    name: 'POST /jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/{report}',
    scopes: [SCOPES.worker],
    body: anything,
    params,
    query: anything,
    async handle({ body, params: { jobId, nodeId, attempt, report }, header, traceId }) {
      const read = { report, ...parse(callbackBodies[report], body) } as CallbackBody;
      const ref = { jobId, nodeId, attempt };
      const expected = attemptToken(await deps.secret(), ref, read.worker_id);
      if (!sameToken(header('X-Attempt-Token') ?? '', expected)) {
        const message = `send the X-Attempt-Token that came with attempt ${attempt} of ${nodeId} to ${read.worker_id}`;
        throw new RepriseError('ATTEMPT_TOKEN_INVALID', message);
      }
      await deps.queues.sendToJob(jobId, {
        id: `callback/${jobId}/${nodeId}/${attempt}/${report}`,
        actor: { kind: 'worker', id: read.worker_id },
        message: callbackMessage(ref, read),
        traceId,
      });
      deps.onAccepted();
      return { status: 202, body: { job_id: jobId, node_id: nodeId, attempt } };
    },
  };
}
