import { useCallback, useRef } from 'react';
import type { JobEventsResponse } from '../../../lib/contract/jobs';
import type { Recorded } from '../../../lib/core/journal/envelope';
import { get } from './api';
import { type Polled, usePoll } from './use-poll';

const PAGE = 1_000;

/** The journal of a job, read on from where the last answer ended. */
export function useJournal(jobId: string, everyMs: number): Polled<readonly Recorded[]> {
  const read = useRef<{ jobId: string; events: Recorded[] }>({ jobId, events: [] });
  const ask = useCallback(async () => {
    if (read.current.jobId !== jobId) read.current = { jobId, events: [] };
    const { events } = read.current;
    const fresh: Recorded[] = [];
    for (;;) {
      const from = events.length + fresh.length + 1;
      const page = await get<JobEventsResponse>(`/jobs/${jobId}/events?from=${from}&limit=${PAGE}`);
      fresh.push(...(page.events as unknown as Recorded[]));
      if (page.next_from === undefined || page.events.length === 0) break;
    }
    // The same list where nothing is new: what is drawn of it need not be drawn again.
    if (fresh.length > 0) read.current = { jobId, events: [...events, ...fresh] };
    return read.current.events as readonly Recorded[];
  }, [jobId]);
  return usePoll(ask, everyMs);
}
