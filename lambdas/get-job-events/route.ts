import { z } from 'zod';
import type { JobList } from '../../lib/adapters/aws/dynamo-job-list';
import { SCOPES } from '../../lib/core/access/scopes';
import { jobStream } from '../../lib/core/engine/streams';
import type { Recorded } from '../../lib/core/journal/envelope';
import type { JournalStore } from '../../lib/core/ports';
import type { Route } from '../shared/http';
import { jobParams, requireAccess } from '../shared/ownership';

const none = z.looseObject({});
const query = z.object({
  /** Sequence of the first event wanted. */
  from: z.coerce.number().int().min(1).default(1),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** A Lambda's answer ends at 6 MB; the rest is room for escapes. */
const MAX_BYTES = 4_000_000;

/** The journal as it was recorded, hashes and all, so that the caller can verify it. */
export function getJobEventsRoute(deps: {
  readonly jobs: Pick<JobList, 'get'>;
  readonly journal: Pick<JournalStore, 'read'>;
}): Route<typeof none, typeof jobParams, typeof query> {
  return {
    name: 'GET /jobs/{jobId}/events',
    scopes: [SCOPES.jobs, SCOPES.admin],
    body: none,
    params: jobParams,
    query,
    async handle({ caller, params: { jobId }, query: { from, limit } }) {
      requireAccess(caller, (await deps.jobs.get(jobId)).owner, jobId);
      const events: Recorded[] = [];
      let bytes = 0;
      let next: number | undefined;
      for await (const event of deps.journal.read(jobStream(jobId), from)) {
        bytes += JSON.stringify(event).length;
        if (events.length >= limit || (events.length > 0 && bytes > MAX_BYTES)) {
          next = event.seq;
          break;
        }
        events.push(event);
      }
      return {
        status: 200,
        body: { job_id: jobId, events, ...(next === undefined ? {} : { next_from: next }) },
      };
    },
  };
}
