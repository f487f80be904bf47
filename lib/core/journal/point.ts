import type { Recorded } from './envelope';

/** A point of a stream: right after the event with this sequence, or at a time in milliseconds since the epoch. */
export type Point = { readonly seq: number } | { readonly at: number };

/**
 * The events of a stream up to a point. Up to a time are those before the first one that came later: clocks of two
 * processes differ, and what stands behind a later event had not happened yet.
 */
export async function* upTo<E extends Pick<Recorded, 'seq' | 'at'>>(
  events: AsyncIterable<E>,
  point: Point,
): AsyncGenerator<E> {
  for await (const event of events) {
    if ('seq' in point ? event.seq > point.seq : event.at > point.at) return;
    yield event;
  }
}
