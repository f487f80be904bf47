import { RepriseError } from '../errors';
import type { Recorded } from './envelope';
import { type EventData, UPCASTS, type Upcasts, upcastsOf } from './upcasts';

/**
 * An event in its newest shape; one that has it is given back as it is. Its hash stays that of what was written, so the chain
 * is verified before, over events as they were written.
 * @throws RepriseError JOURNAL_NEWER where a later version of Reprise has written it
 */
export function newest(event: Recorded, all: Upcasts = UPCASTS): Recorded {
  const { v = 1, stream, seq, type } = event;
  const upcasts = upcastsOf(stream, type, all);
  if (v > upcasts.length + 1) {
    throw new RepriseError(
      'JOURNAL_NEWER',
      `event ${seq} of ${stream} is a ${type} of version ${v}, and this version of Reprise knows it up to ${upcasts.length + 1}: update Reprise`,
      { context: { stream, seq, type, version: v } },
    );
  }
  if (v === upcasts.length + 1) return event;
  const data = upcasts.slice(v - 1).reduce((older, upcast) => upcast(older), event.data as EventData);
  return { ...event, v: upcasts.length + 1, data };
}

/** The same of a stream. */
export async function* inNewestShape(events: AsyncIterable<Recorded>): AsyncGenerator<Recorded> {
  for await (const event of events) yield newest(event);
}
