import type { AttemptRef } from '../model/attempt';
import { present } from '../model/present';
import { spanIdOf, traceOfJob, traceparentOf } from '../model/trace';
import { hasRoomFor, type Work } from '../model/work';
import type { WorkItem } from './pool';

/**
 * Work whose command can go on with the trace of its job: `TRACEPARENT` names the span of the attempt, and `TRACESTATE` is the
 * caller's, as https://opentelemetry.io/docs/specs/otel/context/env-carriers/ has it. What the graph gives under these names wins,
 * and work whose variables have no room for more stays as it is.
 */
export function tracedWork(
  work: Work,
  { jobId, nodeId, attempt, traceId: given, trace }: AttemptRef & Pick<WorkItem, 'traceId' | 'trace'>,
): Work {
  const { traceId } = traceOfJob(given, jobId);
  const spanId = spanIdOf(jobId, nodeId, attempt);
  const carried = {
    TRACEPARENT: traceparentOf({ traceId, spanId, sampled: trace?.sampled ?? true }),
    ...present({ TRACESTATE: trace?.state }),
  };
  const variables = { ...carried, ...work.variables };
  return hasRoomFor(variables) ? { ...work, variables } : work;
}
