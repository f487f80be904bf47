import { isRepriseError } from '../../../../lib/core/errors';
import { migrate, parseRecord, previewMigration } from '../../../../lib/core/migration/migrate';
import type { Migration, StoreMarker, StoreRecord } from '../../../../lib/core/ports/migration';

/** A store of ten texts; every write of it may be the last before a crash. */
function createStore(record: StoreRecord = { version: 0, applied: [] }) {
  const store = { record, texts: Array.from({ length: 10 }, (_, i) => `text ${i}`), isLocked: false };
  let writesLeft = Number.POSITIVE_INFINITY;
  const wrote = (write: () => void) => {
    if (writesLeft === 0) throw new Error('crashed');
    writesLeft -= 1;
    write();
    if (writesLeft === 0) throw new Error('crashed');
  };
  const marker: StoreMarker = {
    read: async () => structuredClone(store.record),
    write: async (next) => wrote(() => Object.assign(store, { record: structuredClone(next) })),
    lock: async () => {
      if (store.isLocked) throw new Error('locked');
      store.isLocked = true;
      return { release: async () => void Object.assign(store, { isLocked: false }) };
    },
  };
  /** Appends a mark to each text, three at a time, unless it has it. */
  const marking = (version: number, mark: string): Migration => ({
    version,
    name: `mark-${mark}`,
    does: `marks every text with ${mark}`,
    async page(cursor, { dryRun }) {
      const from = Number(cursor ?? 0);
      const examples: string[] = [];
      for (let i = from; i < Math.min(from + 3, store.texts.length); i++) {
        if (store.texts[i]?.endsWith(mark)) continue;
        examples.push(`text ${i}`);
        if (!dryRun) wrote(() => store.texts.splice(i, 1, `${store.texts[i]}${mark}`));
      }
      const next = from + 3 < store.texts.length ? { next: String(from + 3) } : {};
      return { changed: examples.length, examples, ...next };
    },
  });
  const deps = { marker, migrations: [marking(1, 'a'), marking(2, 'b')], clock: () => 1_000 };
  const dieAfter = (writes: number) => {
    writesLeft = writes;
  };
  return { store, deps, dieAfter };
}

const marked = Array.from({ length: 10 }, (_, i) => `text ${i}ab`);

describe('a migration', () => {
  it('goes through every layout in order, and records what it did', async () => {
    const { store, deps } = createStore();
    const done = await migrate('it', deps);
    expect(store.texts).toEqual(marked);
    expect(done).toMatchObject({ from: 0, to: 2, migrations: [{ changed: 10 }, { changed: 10 }] });
    expect(store.record).toEqual({
      version: 2,
      applied: [
        { version: 1, name: 'mark-a', at: 1_000, changed: 10 },
        { version: 2, name: 'mark-b', at: 1_000, changed: 10 },
      ],
    });
    expect(store.isLocked).toBe(false);
  });

  it('changes nothing of a store that has the newest layout', async () => {
    const { store, deps, dieAfter } = createStore({ version: 2, applied: [] });
    dieAfter(0);
    expect(await migrate('it', deps)).toEqual({ from: 2, to: 2, migrations: [] });
    expect(store.texts[0]).toBe('text 0');
  });

  it('that dies after any of its writes is gone on with, and comes to the same', async () => {
    const { deps: whole, store: other } = createStore();
    let writes = 0;
    const { write } = whole.marker;
    const counting = async (next: StoreRecord) => {
      writes += 1;
      await write(next);
    };
    await migrate('it', { ...whole, marker: { ...whole.marker, write: counting } });
    const all = writes + 20;
    expect(other.texts).toEqual(marked);
    for (let cut = 0; cut <= all; cut++) {
      const { store, deps, dieAfter } = createStore();
      dieAfter(cut);
      await migrate('it', deps).catch((error: Error) => expect(error.message).toBe('crashed'));
      dieAfter(Number.POSITIVE_INFINITY);
      const { to } = await migrate('it', deps);
      expect([cut, to, store.texts, store.record.version]).toEqual([cut, 2, marked, 2]);
      expect(store.record.underWay).toBeUndefined();
    }
  });

  it('says what it went on with', async () => {
    const { deps, dieAfter } = createStore();
    dieAfter(6);
    await expect(migrate('it', deps)).rejects.toThrow('crashed');
    dieAfter(Number.POSITIVE_INFINITY);
    const { migrations } = await migrate('it', deps);
    expect(migrations.map(({ isContinued }) => isContinued)).toEqual([true, false]);
  });

  it('is shown by a dry run, which changes nothing', async () => {
    const { store, deps, dieAfter } = createStore();
    dieAfter(0);
    const preview = await previewMigration('it', deps);
    expect(preview).toMatchObject({ from: 0, to: 2, migrations: [{ changed: 10 }, { changed: 10 }] });
    expect(preview.migrations[0]?.examples).toHaveLength(10);
    expect(store.texts[0]).toBe('text 0');
  });

  it.each([
    { version: 3, applied: [] },
    { version: 2, underWay: { version: 3, changed: 0 }, applied: [] },
  ])('refuses the store of a later version, and leaves it: %j', async (record) => {
    const { deps, dieAfter } = createStore(record);
    dieAfter(0);
    for (const attempt of [() => migrate('it', deps), () => previewMigration('it', deps)]) {
      const error = await attempt().catch((thrown: unknown) => thrown);
      expect(isRepriseError(error, 'STORE_NEWER')).toBe(true);
      expect((error as Error).message).toContain(
        'it has layout 3, and this version of Reprise knows layouts up to 2',
      );
    }
  });

  it('does not begin while another is under way', async () => {
    const { store, deps } = createStore();
    store.isLocked = true;
    await expect(migrate('it', deps)).rejects.toThrow('locked');
    expect(store.texts[0]).toBe('text 0');
  });
});

describe('the record of a layout', () => {
  it.each([
    undefined,
    null,
    {},
    { version: 'x', applied: [] },
    { version: 1 },
    { version: 1, applied: [], underWay: {} },
  ])('that is %j is refused, with what to do', (value) => {
    expect(() => parseRecord('it', value)).toThrow(
      'the record of the layout of it cannot be read: restore it',
    );
  });
});
