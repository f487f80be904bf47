import type { TriggerSource } from '../../lib/core/messages/trigger-definition';
import type { TriggerList } from '../../lib/core/ports/registries';
import type { JournalStore } from '../../lib/core/ports/stores';
import type { TriggerListing } from '../../lib/core/projections/listing';
import { enter } from './job-list.contract';

export interface TriggerListSetup {
  readonly triggers: TriggerList;
  /** The journal that triggers are entered through. */
  readonly journal: JournalStore;
}

const nightly: TriggerSource = { kind: 'schedule', cron: '0 5 * * *', timezone: 'UTC', missed: 'latest' };
const onPush: TriggerSource = { kind: 'event', pattern: { source: ['git'], detail: { branch: ['main'] } } };

/** What every list of triggers keeps to. */
export function describeTriggerList(name: string, setup: () => Promise<TriggerListSetup>): void {
  describe(`trigger list: ${name}`, () => {
    let world: TriggerListSetup;
    beforeEach(async () => {
      world = await setup();
    });

    const set = (name: string, { owner = 'ana', ...over }: Partial<TriggerListing> = {}) =>
      enter(world.journal, `trigger/${owner.replace('#', '-')}-${name}`, {
        ...{ kind: 'trigger', owner, name, status: 'active', source: nightly },
        ...over,
      });
    const namesOf = async (owner = 'ana') => (await world.triggers.list(owner)).map(({ name }) => name);

    it('is empty for an owner without triggers', async () => {
      await set('a');
      expect(await world.triggers.list('ben')).toEqual([]);
    });

    it('shows of each trigger what was said last, and nothing else', async () => {
      await set('a');
      await set('a', { status: 'paused', source: onPush });
      expect(await world.triggers.list('ana')).toEqual([{ name: 'a', status: 'paused', source: onPush }]);
    });

    it('goes by name', async () => {
      for (const name of ['c', 'a', 'B', 'b', 'ab']) await set(name);
      expect(await namesOf()).toEqual(['B', 'a', 'ab', 'b', 'c']);
    });

    it('shows the triggers of one owner', async () => {
      await set('a');
      await set('b', { owner: 'ben' });
      await set('c', { owner: 'ana#b' });
      expect(await namesOf()).toEqual(['a']);
      expect(await namesOf('ana#b')).toEqual(['c']);
    });

    it('leaves out what was deleted, until it is made again', async () => {
      await set('a');
      await set('a', { status: 'deleted' });
      expect(await namesOf()).toEqual([]);
      await set('a');
      expect(await namesOf()).toEqual(['a']);
    });
  });
}
