import { GENESIS, hashEvent, type Recorded } from './envelope';

export type Verdict =
  | { readonly valid: true; readonly events: number }
  | { readonly valid: false; readonly at: number; readonly reason: string };

/** Where a stream stood when it was anchored. */
export interface AnchoredPoint {
  readonly seq: number;
  readonly hash: string;
  /** The number of the anchor. */
  readonly anchor: number;
}

/**
 * Walks a stream from its first event and checks sequence, chain and hash of each. Streaming: holds one event.
 * @param head where the stream is known to end, when that is known: a shorter journal was cut.
 * @param anchored where it is known to have been: a journal that was written anew, signed by whom it may be, is not there.
 */
export async function verifyChain(
  events: AsyncIterable<Recorded> | Iterable<Recorded>,
  stream: string,
  head?: { readonly seq: number; readonly hash: string },
  anchored: readonly AnchoredPoint[] = [],
): Promise<Verdict> {
  const points = new Map<number, AnchoredPoint[]>();
  for (const point of anchored) points.set(point.seq, [...(points.get(point.seq) ?? []), point]);
  let sound = 0;
  let seq = 0;
  let prev = GENESIS;
  for await (const event of events) {
    const at = seq + 1;
    if (event.stream !== stream) return bad(at, `the event belongs to ${event.stream}, not to ${stream}`);
    if (event.seq !== at) return bad(at, `sequence ${event.seq} stands where ${at} was expected`);
    if (event.prev !== prev) return bad(at, 'the event is not chained to the one before it');
    if (hashEvent(event) !== event.hash) return bad(at, 'the content does not match its hash');
    if (head?.seq === at && head.hash !== event.hash)
      return bad(at, 'the event is not the one the head names');
    const other = points.get(at)?.find((point) => point.hash !== event.hash);
    if (other) {
      const since = sound + 1 === at ? '' : `, or one since event ${sound + 1},`;
      return bad(at, `the event is not the one that anchor ${other.anchor} names: it${since} was changed`);
    }
    if (points.has(at)) sound = at;
    seq = at;
    prev = event.hash;
  }
  if (seq === 0) return bad(0, 'the journal has no event');
  if (head && seq < head.seq) return bad(seq + 1, `the journal ends at ${seq}, its head names ${head.seq}`);
  const past = anchored.find((point) => point.seq > seq);
  if (past) return bad(seq + 1, `the journal ends at ${seq}, anchor ${past.anchor} names ${past.seq}`);
  return { valid: true, events: seq };
}

function bad(at: number, reason: string): Verdict {
  return { valid: false, at, reason };
}
