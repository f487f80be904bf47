import { RepriseError } from '../../core/errors';
import { absorbed, type Range } from '../../core/journal/confirmed-ranges';
import { EMPTY_HEAD, type Recorded, type StreamHead } from '../../core/journal/envelope';
import { newest } from '../../core/journal/newest';
import type { JournalStore, OutboxJournal } from '../../core/ports/stores';

/** A journal that lives as long as its process: for simulation. */
export interface MemoryJournalStore extends OutboxJournal {
  readonly streams: ReadonlyMap<string, readonly Recorded[]>;
}

/** @param onAppend hears of a stream that has grown. */
export function createMemoryJournalStore(onAppend?: (stream: string) => void): MemoryJournalStore {
  const streams = new Map<string, Recorded[]>();
  const marks = new Map<string, number>();
  const ahead = new Map<string, readonly Range[]>();
  const headOf = (stream: string): StreamHead => {
    const last = streams.get(stream)?.at(-1);
    return last ? { seq: last.seq, hash: last.hash } : EMPTY_HEAD;
  };
  async function* written(stream: string, fromSeq = 1): AsyncGenerator<Recorded> {
    yield* (streams.get(stream) ?? []).slice(fromSeq - 1);
  }
  return {
    ...{ streams, written },
    head: async (stream) => headOf(stream),
    async *read(stream, fromSeq = 1) {
      for (const event of (streams.get(stream) ?? []).slice(fromSeq - 1)) yield newest(event);
    },
    async append(stream, expected, events) {
      const head = headOf(stream);
      if (head.seq !== expected.seq || head.hash !== expected.hash) {
        throw new RepriseError(
          'VERSION_CONFLICT',
          `${stream} ends at ${head.seq}, not at ${expected.seq} as expected: reload and decide again`,
          { context: { stream, expected: expected.seq, actual: head.seq } },
        );
      }
      if (events.length === 0) return;
      const held = streams.get(stream);
      if (held) for (const event of events) held.push(event);
      else streams.set(stream, [...events]);
      onAppend?.(stream);
    },
    confirmed: async (stream) => marks.get(stream) ?? 0,
    async confirm(stream, from, to) {
      const known = marks.get(stream) ?? 0;
      const open = [...(ahead.get(stream) ?? []), { from, to }];
      const { mark, passed } = absorbed(known, open);
      marks.set(stream, mark);
      ahead.set(
        stream,
        open.filter((range) => !passed.includes(range)),
      );
      return mark >= to;
    },
  };
}

/** Where streams end, and nothing else: for what lives no longer than its process and is read by nobody. */
export function createForgetfulJournalStore(): JournalStore {
  const heads = new Map<string, StreamHead>();
  return {
    head: async (stream) => heads.get(stream) ?? EMPTY_HEAD,
    async *read() {},
    async *written() {},
    async append(stream, _expected, events) {
      const last = events.at(-1);
      if (last) heads.set(stream, { seq: last.seq, hash: last.hash });
    },
  };
}
