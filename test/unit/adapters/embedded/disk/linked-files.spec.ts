import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Layout, layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { createLinkedFile } from '../../../../../lib/adapters/embedded/disk/linked-files';
import { temporaryDir } from '../../../../support/e2e-files';

/** What the system answers whoever makes a link. */
let mockRefusal: string | undefined;

jest.mock('node:fs', () => {
  const real = jest.requireActual<typeof import('node:fs')>('node:fs');
  return {
    ...real,
    linkSync(from: string, to: string): void {
      if (mockRefusal !== undefined) throw Object.assign(new Error(mockRefusal), { code: mockRefusal });
      real.linkSync(from, to);
    },
  };
});

beforeEach(() => {
  mockRefusal = undefined;
});

function setUp(): { readonly layout: Layout; readonly at: (name: string) => string } {
  const layout = layoutOf(temporaryDir());
  return { layout, at: (name) => join(layout.root, name) };
}

describe('files that begin alike', () => {
  it.each(['EMLINK', 'EPERM', 'ENOTSUP', 'EXDEV'])('are files of their own after %s', async (code) => {
    const { layout, at } = setUp();
    const heads = createLinkedFile(layout, 'head', '{}\n');
    await heads.make(at('one'));
    mockRefusal = code;
    await Promise.all([heads.make(at('two')), heads.make(at('three'))]);
    mockRefusal = undefined;
    await heads.make(at('four'));
    for (const name of ['one', 'two', 'three', 'four']) {
      expect(readFileSync(at(name), 'utf8')).toBe('{}\n');
      expect(statSync(at(name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(at('two')).ino).not.toBe(statSync(at('three')).ino);
    heads.close();
    expect(readdirSync(layout.wal)).toEqual([]);
  });

  it.each([undefined, 'EPERM'])('are never made over another one (%s)', async (code) => {
    const { layout, at } = setUp();
    const locks = createLinkedFile(layout, 'lock', '');
    mockRefusal = code;
    await locks.make(at('lock'));
    await expect(locks.make(at('lock'))).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
