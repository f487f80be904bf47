import { createLocalQueues } from '../../lib/adapters/embedded/runtime/queues';
import { memoryConditions } from '../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../lib/adapters/memory/journal-store';
import { askerOf } from '../../lib/core/engine/asker';
import { createEngine } from '../../lib/core/engine/engine';
import { createKinds } from '../../lib/core/engine/kinds';
import { RepriseError } from '../../lib/core/errors';
import { describeStreamAsker } from './stream-asker.contract';

function anEngine() {
  const journal = createMemoryJournalStore();
  const random = () => 0.5;
  const graphs = { get: (hash: string) => Promise.reject(new RepriseError('GRAPH_NOT_FOUND', hash)) };
  const deps = { journal, random, clock: () => 1_000, perform: async () => undefined };
  return {
    journal,
    engine: createEngine(deps, createKinds({ conditions: memoryConditions, journal, random, graphs })),
  };
}

describeStreamAsker('the engine itself', async () => {
  const { journal, engine } = anEngine();
  return { journal, streams: askerOf(engine) };
});

describeStreamAsker('mailboxes', async () => {
  const { journal, engine } = anEngine();
  const streams = createLocalQueues({
    handle: (to, batch) => engine.handle(to, batch as never),
    onError: () => undefined,
  });
  return { journal, streams };
});
