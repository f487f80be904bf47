import { useCallback, useRef } from 'react';
import type { Recorded } from '../../../lib/core/journal/envelope';
import { askEngine } from './api';
import { type Polled, usePoll } from './use-poll';

const PAGE = 1_000;

/** The journal of a job, read on from where the last answer ended. */
export function useJournal(jobId: string, everyMs: number): Polled<readonly Recorded[]> {
  const read = useRef<{ jobId: string; events: Recorded[] }>({ jobId, events: [] });
  const ask = useCallback(async () => {
    if (read.current.jobId !== jobId) read.current = { jobId, events: [] };
    const { events } = read.current;
    const fresh = await journalFrom(jobId, events.length + 1);
    // The same list where nothing is new: what is drawn of it need not be drawn again.
    if (fresh.length > 0) read.current = { jobId, events: [...events, ...fresh] };
    return read.current.events as readonly Recorded[];
  }, [jobId]);
  return usePoll(ask, everyMs, `job/${jobId}`);
}

/** The events of a job from one on, page by page. */
export async function journalFrom(jobId: string, first: number): Promise<Recorded[]> {
  const events: Recorded[] = [];
  for (;;) {
    const from = first + events.length;
    const page = await askEngine('getJobEvents', { path: { jobId }, query: { from, limit: PAGE } });
    events.push(...(page.events as unknown as Recorded[]));
    if (page.next_from === undefined || page.events.length === 0) return events;
  }
}
