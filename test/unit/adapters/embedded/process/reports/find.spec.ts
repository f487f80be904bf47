import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { findFiles } from '../../../../../../lib/adapters/embedded/process/reports/find';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'reprise-find-'));
  for (const path of [
    'a.xml',
    'out/b.xml',
    'out/deep/c.xml',
    'out/deep/d.json',
    'node_modules/x/e.xml',
    '[i].xml',
  ]) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), '');
  }
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const found = (path: string) => findFiles(dir, path).map((file) => relative(dir, file));

describe('the files that a path names', () => {
  it.each([
    ['a.xml', ['a.xml']],
    ['./out//b.xml', ['out/b.xml']],
    ['*.xml', ['[i].xml', 'a.xml']],
    ['[i].xml', ['[i].xml']],
    ['out/*', ['out/b.xml']],
    ['out/**', ['out/b.xml', 'out/deep/c.xml', 'out/deep/d.json']],
    ['**/*.xml', ['[i].xml', 'a.xml', 'out/b.xml', 'out/deep/c.xml']],
    ['**/deep/?.json', ['out/deep/d.json']],
    ['gone.xml', []],
    ['gone/**', []],
    ['out', []],
    ['../*', []],
  ])('are those of %s', (path, files) => {
    expect(found(path)).toEqual(files);
  });

  it('are none outside of the directory, whatever links lie in it', () => {
    const outside = mkdtempSync(join(tmpdir(), 'reprise-outside-'));
    writeFileSync(join(outside, 'secret.xml'), '');
    symlinkSync(outside, join(dir, 'link'));
    symlinkSync(join(outside, 'secret.xml'), join(dir, 'file.xml'));
    expect([...found('link/*.xml'), ...found('link/secret.xml'), ...found('file.xml')]).toEqual([]);
    expect(found('**/secret.xml')).toEqual([]);
    rmSync(outside, { recursive: true });
  });

  it('are none where the directory is gone', () => {
    expect(findFiles(join(dir, 'gone'), '*.xml')).toEqual([]);
  });
});
