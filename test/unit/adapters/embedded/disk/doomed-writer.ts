import { createFileJournalStore } from '../../../../../lib/adapters/embedded/disk/journal-store';
import { layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { EMPTY_HEAD, record } from '../../../../../lib/core/journal/envelope';

/** A process for tests to kill: appends to many streams with one log, in small segments, and says what was acknowledged. */
const store = createFileJournalStore(layoutOf(process.argv[2] as string), { log: { segmentBytes: 20_000 } });

async function writeFor(stream: string): Promise<void> {
  for (let head = EMPTY_HEAD; ; ) {
    const cause = {
      ...{ at: Date.now(), causeId: 'c', correlationId: stream, traceId: 't' },
      actor: { kind: 'user', id: 'ana' } as const,
    };
    const events = record(stream, head, [{ type: 'thing.happened', data: { text: 'x'.repeat(50) } }], cause);
    await store.append(stream, head, events);
    head = { seq: head.seq + 1, hash: events[0]?.hash ?? '' };
    process.stdout.write(`${stream} ${head.seq}\n`);
    if (head.seq === 10) return store.release(stream);
  }
}

async function main(): Promise<void> {
  for (let lot = 0; ; lot++) await Promise.all([1, 2, 3, 4, 5].map((i) => writeFor(`job/j${lot}-${i}`)));
}

void main();
