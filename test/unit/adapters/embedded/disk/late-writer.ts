import { createFileJournalStore } from '../../../../../lib/adapters/embedded/disk/journal-store';
import { layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { EMPTY_HEAD, record } from '../../../../../lib/core/journal/envelope';

/** A process for tests to ask: it holds `job/held`, has given up `job/over`, and says so again whenever it is told something. */
const store = createFileJournalStore(layoutOf(process.argv[2] as string), { log: true });

async function begin(stream: string): Promise<void> {
  const cause = {
    ...{ at: Date.now(), causeId: 'c', correlationId: stream, traceId: 't' },
    actor: { kind: 'user', id: 'ana' } as const,
  };
  await store.append(
    stream,
    EMPTY_HEAD,
    record(stream, EMPTY_HEAD, [{ type: 'thing.happened', data: {} }], cause),
  );
}

async function main(): Promise<void> {
  await begin('job/held');
  await begin('job/over');
  await store.release('job/over');
  process.stdout.write('ready\n');
  process.stdin.once('data', async () => {
    await store.close();
    process.exit(0);
  });
}

void main();
