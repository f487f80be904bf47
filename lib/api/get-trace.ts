import { isAdmin, mayAccess } from '../core/access/scopes';
import { type TracingDeps, traced } from '../core/engine/tracing';
import { RepriseError } from '../core/errors';
import type { Held } from '../core/model/held';
import { type Served, serve } from './route';
import { ROUTES } from './routes';
import { traceBody } from './views/trace';

/** All that carries an id, as far as the caller may see it: what is somebody else's is not there. */
export function getTrace(deps: TracingDeps): Served {
  return serve(ROUTES.getTrace, async ({ caller, params: { id }, query }) => {
    const maySee = (held: Held | undefined) => (held ? mayAccess(caller, held) : isAdmin(caller));
    const found = await traced(deps, id, maySee);
    if (found.lines.length === 0) throw traceNotFound(id);
    return { status: 200, body: traceBody(id, found, query) };
  });
}

export function traceNotFound(id: string): RepriseError {
  const message = `nothing carries the id ${id}: it is that of a job, of a trace, or of a call`;
  return new RepriseError('TRACE_NOT_FOUND', message, { context: { id } });
}
