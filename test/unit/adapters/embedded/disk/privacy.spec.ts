import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDir, openFile, replaceFile } from '../../../../../lib/adapters/embedded/disk/durable';
import { layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { keepPrivate, makePrivateDir } from '../../../../../lib/adapters/embedded/disk/privacy';

let dir: string;
let umask: number;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'reprise-privacy-'));
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
  rmSync(dir, { recursive: true, force: true });
});

const modeOf = (...path: string[]) => (statSync(join(dir, ...path)).mode & 0o777).toString(8);

describe('a file or directory of ours', () => {
  it('is made for its user alone, whatever the umask', async () => {
    await makeDir(join(dir, 'a', 'b'));
    await replaceFile(join(dir, 'a', 'b', 'file'), 'x', { durable: false });
    makePrivateDir(join(dir, 'c'));
    expect([modeOf('a'), modeOf('a', 'b'), modeOf('a', 'b', 'file'), modeOf('c')]).toEqual([
      '700',
      '700',
      '600',
      '700',
    ]);
  });

  it('is narrowed where it was there and open', async () => {
    mkdirSync(join(dir, 'a'));
    writeFileSync(join(dir, 'a', 'file'), 'x', { mode: 0o666 });
    await makeDir(join(dir, 'a'));
    await openFile(join(dir, 'a', 'file'), 'a+');
    expect([modeOf('a'), modeOf('a', 'file')]).toEqual(['700', '600']);
  });
});

describe('a journal directory', () => {
  it('is made for its user alone', () => {
    expect(keepPrivate(layoutOf(join(dir, 'new')))).toBeUndefined();
    expect(modeOf('new')).toBe('700');
  });

  it('is narrowed where it was there and holds nothing else', () => {
    for (const name of ['jobs', 'graphs']) mkdirSync(join(dir, 'journal', name), { recursive: true });
    writeFileSync(join(dir, 'journal', 'history.jsonl'), '');
    expect(keepPrivate(layoutOf(join(dir, 'journal')))).toBeUndefined();
    expect(['', 'jobs', 'graphs'].map((name) => modeOf('journal', name))).toEqual(['700', '700', '700']);
  });

  it('is narrowed under its usual name, whatever else somebody put into it', () => {
    mkdirSync(join(dir, '.reprise', 'notes'), { recursive: true });
    expect(keepPrivate(layoutOf(join(dir, '.reprise')))).toBeUndefined();
    expect(modeOf('.reprise')).toBe('700');
  });

  it('that holds other things stays open, which is said, and what is ours in it is not open', () => {
    chmodSync(dir, 0o755);
    for (const name of ['jobs', 'sources']) mkdirSync(join(dir, name));
    writeFileSync(join(dir, 'history.jsonl'), '', { mode: 0o644 });
    expect(keepPrivate(layoutOf(dir))).toMatch(/stays so/);
    expect(['', 'sources', 'jobs', 'history.jsonl'].map((name) => modeOf(name))).toEqual([
      '755',
      '777',
      '700',
      '600',
    ]);
  });
});
