import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { withLock } from '../../../lib/localcloud/lock';

describe('withLock', () => {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-lock-'));
  const file = join(dir, 'a.lock');
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('runs one task at a time', async () => {
    let inside = 0;
    const seen: number[] = [];
    const task = async () => {
      seen.push(++inside);
      await nextTurn();
      inside--;
    };
    await Promise.all([withLock(file, task), withLock(file, task), withLock(file, task)]);
    expect(seen).toEqual([1, 1, 1]);
  });

  it('is free again after a task that failed', async () => {
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(file, async () => 'yes')).toBe('yes');
  });

  it('takes over the lock of a process that died', async () => {
    writeFileSync(file, '999999999');
    expect(await withLock(file, async () => 'mine')).toBe('mine');
  });
});
