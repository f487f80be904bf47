import {
  type DomainEvent,
  EMPTY_HEAD,
  type Recorded,
  record,
  type StreamHead,
} from '../../lib/core/journal/envelope';

/** Chained events of a stream, continuing at `head`. */
export function recordedEvents(
  stream: string,
  datas: readonly object[],
  { head = EMPTY_HEAD, type = 'node.entered' }: { head?: StreamHead; type?: string } = {},
): Recorded[] {
  const cause = {
    at: 1_700_000_000_000,
    actor: { kind: 'engine' as const, id: 'test' },
    causeId: 'test',
    correlationId: stream,
    traceId: 'trace',
  };
  return record(
    stream,
    head,
    datas.map((data) => ({ type, data })),
    cause,
  );
}

export function headOf(events: readonly Recorded[]): StreamHead {
  const last = events.at(-1);
  return last ? { seq: last.seq, hash: last.hash } : EMPTY_HEAD;
}

/** Events that happened at times of their own, as the journal of a stream. */
export function recordedAt(
  stream: string,
  events: readonly { readonly event: DomainEvent; readonly at: number }[],
): Recorded[] {
  const actor = { kind: 'engine', id: 'test' } as const;
  const all: Recorded[] = [];
  for (const { event, at } of events) {
    const cause = { at, actor, causeId: `cause/${all.length + 1}`, correlationId: stream, traceId: 'trace' };
    all.push(...record(stream, headOf(all), [event], cause));
  }
  return all;
}
