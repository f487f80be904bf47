import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { createEngine } from '../../../../lib/core/engine/engine';
import { createKinds } from '../../../../lib/core/engine/kinds';
import type { Recorded, StreamHead } from '../../../../lib/core/journal/envelope';
import { poolAt } from '../../../../lib/core/messages/address';
import type { PoolMessage } from '../../../../lib/core/messages/pool';
import { type Listing, poolListing, triggerListing } from '../../../../lib/core/projections/listing';
import { initialPool } from '../../../../lib/core/scheduler/state';
import { initialTrigger } from '../../../../lib/core/trigger/state';

describe('the listing of a stream', () => {
  it('is entered with the events that change it, and with no others', async () => {
    const store = createMemoryJournalStore();
    const entered: (Listing | undefined)[] = [];
    const journal = {
      ...store,
      append(stream: string, expected: StreamHead, events: readonly Recorded[], listing?: Listing) {
        entered.push(listing);
        return store.append(stream, expected, events, listing);
      },
    };
    const random = () => 0;
    const graphs = { get: () => Promise.reject(new Error('no pool has a graph')) };
    const engine = createEngine(
      { journal, random, clock: () => 5, perform: async () => undefined },
      createKinds({ conditions: memoryConditions, journal, random, graphs }),
    );
    const tell = (message: PoolMessage) =>
      engine.handle(poolAt('p'), [{ id: message.type, actor: { kind: 'user', id: 'ana' }, message }]);
    await tell({ type: 'workerRegistered', worker: { workerId: 'w', labels: '*', slots: 1 } });
    await tell({ type: 'jobQueued', jobId: 'j', owner: 'ana', priority: 'normal', queuedAt: 5 });
    await tell({ type: 'workerLost', workerId: 'w', reason: 'died' });
    expect(entered).toEqual([undefined, { kind: 'pool', waiting: 0, running: 1, status: 'open' }, undefined]);
  });

  it('is nothing for a trigger that nobody made, and a quiet queue for a pool', () => {
    expect(triggerListing.listingOf(initialTrigger())).toBeUndefined();
    expect(poolListing.listingOf(initialPool())).toEqual({
      kind: 'pool',
      waiting: 0,
      running: 0,
      status: 'open',
    });
  });
});
