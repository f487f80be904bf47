import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyJob } from '../../../../../lib/adapters/embedded/disk/journal-check';
import { layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { lockDirectory } from '../../../../../lib/adapters/embedded/disk/lock';
import {
  createDirectoryMarker,
  DIRECTORY_MIGRATIONS,
  openDirectory,
  readStoreRecord,
} from '../../../../../lib/adapters/embedded/disk/store';
import { migrate, previewMigration } from '../../../../../lib/core/migration/migrate';

const OLD = 'test/fixtures/stores/directory-0';

/** A journal directory as the version before the record of layouts left it. */
function oldDirectory() {
  const layout = layoutOf(mkdtempSync(join(tmpdir(), 'reprise-store-')));
  cpSync(OLD, layout.root, { recursive: true });
  return layout;
}

const depsOf = (layout: ReturnType<typeof oldDirectory>) => ({
  marker: createDirectoryMarker(layout),
  migrations: DIRECTORY_MIGRATIONS,
  clock: () => 1_000,
});

describe('a journal directory', () => {
  it('of the layout without a record is brought to the newest, and its jobs still verify', async () => {
    const layout = oldDirectory();
    expect(readStoreRecord(layout).version).toBe(0);
    expect(await migrate('it', depsOf(layout))).toMatchObject({ from: 0, to: 2 });
    expect(readStoreRecord(layout)).toEqual({
      version: 2,
      applied: [
        { version: 1, name: 'layout-record', at: 1_000, changed: 1 },
        { version: 2, name: 'write-ahead-log', at: 1_000, changed: 1 },
      ],
    });
    expect(await verifyJob(layout, 'old')).toMatchObject({ valid: true });
    expect(await migrate('it', depsOf(layout))).toMatchObject({ from: 2, to: 2, migrations: [] });
  });

  it('is not changed by a dry run', async () => {
    const layout = oldDirectory();
    expect(await previewMigration('it', depsOf(layout))).toMatchObject({ from: 0, to: 2 });
    expect(readdirSync(layout.root)).toEqual(readdirSync(OLD));
  });

  it('that is new says its layout at once, and an old one is not declared new', async () => {
    const fresh = layoutOf(join(mkdtempSync(join(tmpdir(), 'reprise-store-')), 'made', 'here'));
    await openDirectory(fresh);
    expect(readStoreRecord(fresh)).toEqual({ version: 2, applied: [] });
    const old = oldDirectory();
    await openDirectory(old);
    expect(readStoreRecord(old).version).toBe(0);
  });

  it('of a later version is refused before anything in it changes', async () => {
    const layout = layoutOf(join(mkdtempSync(join(tmpdir(), 'reprise-store-')), 'journal'));
    mkdirSync(layout.root);
    const text = '{"version":99,"applied":[]}';
    writeFileSync(join(layout.root, 'store.json'), text);
    chmodSync(layout.root, 0o755);
    await expect(openDirectory(layout)).rejects.toThrow(/has layout 99, .* update Reprise/);
    expect(readFileSync(join(layout.root, 'store.json'), 'utf8')).toBe(text);
    expect(existsSync(layout.jobs)).toBe(false);
  });

  it.each(['', '{"version":', '[]', 'null'])('whose record is %j says so', async (text) => {
    const layout = oldDirectory();
    writeFileSync(join(layout.root, 'store.json'), text);
    await expect(openDirectory(layout)).rejects.toThrow('(store.json) cannot be read');
  });

  it('that another process holds is not migrated', async () => {
    const layout = oldDirectory();
    const lock = await lockDirectory(layout.root, () => new Error('held'));
    await expect(migrate('it', depsOf(layout))).rejects.toMatchObject({ code: 'JOB_LOCKED' });
    expect(readStoreRecord(layout).version).toBe(0);
    lock.release();
    expect(await migrate('it', depsOf(layout))).toMatchObject({ to: 2 });
  });
});
