import { RepriseError } from '../../core/errors';
import { EMPTY_HEAD, type Recorded, type StreamHead } from '../../core/journal/envelope';
import type { JournalStore } from '../../core/ports/stores';

/** A journal that lives as long as its process: for simulation. */
export function createMemoryJournalStore(): JournalStore {
  const streams = new Map<string, Recorded[]>();
  const headOf = (stream: string): StreamHead => {
    const last = streams.get(stream)?.at(-1);
    return last ? { seq: last.seq, hash: last.hash } : EMPTY_HEAD;
  };
  return {
    head: async (stream) => headOf(stream),
    async *read(stream, fromSeq = 1) {
      yield* (streams.get(stream) ?? []).slice(fromSeq - 1);
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
      const held = streams.get(stream);
      if (held) for (const event of events) held.push(event);
      else if (events.length > 0) streams.set(stream, [...events]);
    },
  };
}

/** Where streams end, and nothing else: for pools, which follow from jobs and are read by nobody. */
export function createForgetfulJournalStore(): JournalStore {
  const heads = new Map<string, StreamHead>();
  return {
    head: async (stream) => heads.get(stream) ?? EMPTY_HEAD,
    async *read() {},
    async append(stream, _expected, events) {
      const last = events.at(-1);
      if (last) heads.set(stream, { seq: last.seq, hash: last.hash });
    },
  };
}
