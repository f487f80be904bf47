import type { DependencyList } from '../../lib/core/ports/registries';
import type { JournalStore } from '../../lib/core/ports/stores';
import type { DependencyListing } from '../../lib/core/projections/listing';
import { enter } from './job-list.contract';

export interface DependencyListSetup {
  readonly dependencies: DependencyList;
  /** The journal that dependencies are entered through. */
  readonly journal: JournalStore;
}

const closed = { status: 'closed', forced: false, since: 0 } as const;

/** What every list of dependencies keeps to. */
export function describeDependencyList(name: string, setup: () => Promise<DependencyListSetup>): void {
  describe(`dependency list: ${name}`, () => {
    let world: DependencyListSetup;
    beforeEach(async () => {
      world = await setup();
    });

    const set = (name: string, over: Partial<DependencyListing> = {}) =>
      enter(world.journal, `dependency/${name}`, { kind: 'dependency', ...closed, ...over });

    it('is empty where no work has named one', async () => {
      expect(await world.dependencies.list()).toEqual([]);
    });

    it('shows of each what was said last, and nothing else', async () => {
      await set('payments', { status: 'open', since: 5, until: 1_005, why: 'it failed' });
      expect(await world.dependencies.list()).toEqual([
        { name: 'payments', status: 'open', forced: false, since: 5, until: 1_005, why: 'it failed' },
      ]);
      await set('payments', { forced: true, since: 10, why: 'maintenance' });
      expect(await world.dependencies.list()).toEqual([
        { name: 'payments', status: 'closed', forced: true, since: 10, why: 'maintenance' },
      ]);
    });

    it('goes by name', async () => {
      for (const each of ['c', 'a', 'B', 'ab']) await set(each);
      expect((await world.dependencies.list()).map((listed) => listed.name)).toEqual(['B', 'a', 'ab', 'c']);
    });
  });
}
