import { RepriseError } from '../core/errors';
import { streamOf } from '../core/messages/address';
import type { JournalStore } from '../core/ports/stores';
import { eventsPage } from './events-page';
import { type Served, serve } from './route';
import { ROUTES } from './routes';

/** The journal of any stream, for administrators: of pools, letters, targets and breakers as of jobs. */
export function getStreamEvents(journal: Pick<JournalStore, 'written'>): Served {
  return serve(ROUTES.getStreamEvents, async ({ params, query }) => {
    const stream = streamOf(params);
    const page = await eventsPage(journal, stream, query);
    if (query.from === 1 && page.events.length === 0)
      throw new RepriseError('STREAM_NOT_FOUND', `nothing was journalled of ${stream}`);
    return { status: 200, body: { stream, ...page } };
  });
}
