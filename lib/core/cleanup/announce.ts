import type { Recorded } from '../journal/envelope';
import type { PublicEvent } from '../messages/public-event';
import type { EventPublisher } from '../ports/effects';
import type { OutboxJournal } from '../ports/stores';
import { auditStream } from './audit';
import type { CleanupEvent } from './events';

export interface AnnounceDeps {
  readonly journal: Pick<OutboxJournal, 'read' | 'confirmed' | 'confirm'>;
  readonly publisher: EventPublisher;
}

/**
 * Publishes the ends of runs that were not published yet, those of a run that died before it could among them.
 * @param now milliseconds since the epoch: the stream of this month is looked at, and that of the month before.
 */
export async function announce({ journal, publisher }: AnnounceDeps, now: number): Promise<void> {
  for (const stream of latestStreams(now)) {
    const mark = await journal.confirmed(stream);
    let last = mark;
    for await (const event of journal.read(stream, mark + 1) as AsyncIterable<Recorded<CleanupEvent>>) {
      const told = publicEventOf(event);
      if (told) await publisher.publish(told);
      last = event.seq;
    }
    if (last > mark) await journal.confirm(stream, mark + 1, last);
  }
}

/** The streams of the last month and of this one. */
export function latestStreams(now: number): readonly string[] {
  const at = new Date(now);
  const before = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - 1, 1);
  return [auditStream(before), auditStream(now)];
}

/** It is nobody's, so administrators hear it. What a dry run would do is told to whoever asked. */
function publicEventOf(event: Recorded<CleanupEvent>): PublicEvent | undefined {
  if (event.type !== 'cleanup.completed' || event.data.dryRun) return undefined;
  const { run, counts, bytes, failed, complete } = event.data;
  const detail = { run, counts, bytes, failed, complete };
  return {
    id: `${event.stream}/${event.seq}`,
    type: 'orchestration.cleanup.completed',
    at: event.at,
    detail,
  };
}
