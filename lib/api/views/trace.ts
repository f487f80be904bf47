import type * as z from 'zod';
import type { TraceResponse, traceQuery } from '../../contract/traces';
import type { Traced } from '../../core/engine/tracing';
import { present } from '../../core/model/present';
import type { TraceLine } from '../../core/projections/trace-lines';
import { timeOf } from './time';

/** A page of what carries an id. */
export function traceBody(
  id: string,
  { lines, jobs }: Traced,
  { from, limit }: z.output<typeof traceQuery>,
): TraceResponse {
  const next_from = from + limit < lines.length ? from + limit : undefined;
  return {
    id,
    jobs: [...jobs].map(([job_id, trace_id]) => ({ job_id, trace_id })),
    lines: lines.slice(from, from + limit).map(lineBody),
    total: lines.length,
    ...present({ next_from }),
  };
}

function lineBody({ correlationId, nodeId, workerId, at, actor, ...line }: TraceLine) {
  return {
    ...{ at: timeOf(at), ...line, ...present({ actor: actor && { ...actor } }) },
    ...present({ correlation_id: correlationId, node_id: nodeId, worker_id: workerId }),
  };
}
