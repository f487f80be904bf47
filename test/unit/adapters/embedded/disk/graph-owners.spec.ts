import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileGraphOwners } from '../../../../../lib/adapters/embedded/disk/graph-owners';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'reprise-owners-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const HASH = 'a'.repeat(64);

describe('who brought a graph', () => {
  it('has it, and nobody else, in the next process too', async () => {
    const owners = createFileGraphOwners(dir);
    expect(await owners.owns(HASH, 'ana')).toBe(false);
    await owners.claim(HASH, 'ana', 1);
    await owners.claim(HASH, 'ana', 2);
    await owners.claim(HASH, '../../acme/ben\n', 3);
    const again = createFileGraphOwners(dir);
    expect(await again.owns(HASH, 'ana')).toBe(true);
    expect(await again.owns(HASH, '../../acme/ben\n')).toBe(true);
    expect(await again.owns(HASH, 'an')).toBe(false);
    expect(await again.owns('b'.repeat(64), 'ana')).toBe(false);
    expect(readdirSync(dir)).toEqual([HASH]);
  });
});
