import type * as z from 'zod';
import type { eventsQuery } from '../contract/jobs';
import type { Recorded } from '../core/journal/envelope';
import type { JournalStore } from '../core/ports/stores';

/** A Lambda's answer ends at 6 MB; the rest is room for escapes. */
const MAX_BYTES = 4_000_000;

/** A page of a journal as it was recorded, hashes and all, so that the caller can verify it. */
export async function eventsPage(
  journal: Pick<JournalStore, 'written'>,
  stream: string,
  { from, limit }: z.output<typeof eventsQuery>,
): Promise<{ events: Recorded[]; next_from?: number }> {
  const events: Recorded[] = [];
  let bytes = 0;
  for await (const event of journal.written(stream, from)) {
    bytes += JSON.stringify(event).length;
    if (events.length >= limit || (events.length > 0 && bytes > MAX_BYTES))
      return { events, next_from: event.seq };
    events.push(event);
  }
  return { events };
}
