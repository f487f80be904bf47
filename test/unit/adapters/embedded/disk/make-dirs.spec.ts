import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirs } from '../../../../../lib/adapters/embedded/disk/make-dirs';
import { temporaryDir } from '../../../../support/e2e-files';

describe('a directory', () => {
  const dir = temporaryDir();

  it('is made with what is missing above it, all of one mode, and is left alone where it is', () => {
    const deep = join(dir, 'a', 'b', 'c');
    expect(makeDirs(deep, 0o700)).toBe(join(dir, 'a'));
    for (const each of ['a', 'a/b', 'a/b/c']) expect(statSync(join(dir, each)).mode & 0o777).toBe(0o700);
    expect(makeDirs(deep, 0o755)).toBeUndefined();
    expect(statSync(deep).mode & 0o777).toBe(0o700);
  });

  it.each(['file', 'file/below'])(
    'cannot be where %s is a file, or leads through one, and says so',
    (name) => {
      writeFileSync(join(dir, 'file'), '');
      expect(() => makeDirs(join(dir, name))).toThrow(
        expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(join(dir, name)) }),
      );
    },
  );
});
