import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exists, makeDir, replaceFile, syncDir } from '../../../../../lib/adapters/embedded/disk/durable';
import { temporaryDir } from '../../../../support/e2e-files';

describe('the sync of a directory', () => {
  it('is shared by all who ask while one is under way, and they get one that began after they asked', async () => {
    const dir = temporaryDir();
    const first = syncDir(dir);
    const second = syncDir(dir);
    const third = syncDir(dir);
    expect(third).toBe(second);
    expect(second).not.toBe(first);
    let isFirstOver = false;
    void first.then(() => {
      isFirstOver = true;
    });
    await second;
    expect(isFirstOver).toBe(true);
    // Nothing is under way any more: this one is its own.
    const fourth = syncDir(dir);
    expect(fourth).not.toBe(second);
    await fourth;
  });

  it('fails for all who share it, and is tried again by the next', async () => {
    const missing = join(temporaryDir(), 'missing');
    const both = [syncDir(missing), syncDir(missing)];
    for (const result of await Promise.allSettled(both)) expect(result.status).toBe('rejected');
    await makeDir(missing);
    await syncDir(missing);
  });
});

describe('a file that is replaced', () => {
  it.each([true, false])(
    'has the old content or the new, and leaves nothing behind (durable: %s)',
    async (durable) => {
      const dir = temporaryDir();
      const path = join(dir, 'a.json');
      await replaceFile(path, 'one', { durable });
      await replaceFile(path, 'two', { durable });
      expect(readFileSync(path, 'utf8')).toBe('two');
      await expect(replaceFile(join(dir, 'no', 'b'), 'x', { durable })).rejects.toThrow('ENOENT');
      expect(readdirSync(dir)).toEqual(['a.json']);
    },
  );
});

describe('a directory', () => {
  it('is made with its parents, once', async () => {
    const path = join(temporaryDir(), 'a', 'b', 'c');
    expect(exists(path)).toBe(false);
    await Promise.all([makeDir(path), makeDir(path)]);
    expect(existsSync(path)).toBe(true);
  });

  it('that a file stands in the way of does not exist', () => {
    const file = join(temporaryDir(), 'file');
    writeFileSync(file, '');
    expect(exists(join(file, 'below'))).toBe(false);
  });
});
