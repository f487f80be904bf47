import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { machineFacts } from '../../../../../lib/adapters/embedded/doctor/facts';
import { temporaryDir } from '../../../../support/e2e-files';

const layoutIn = () => layoutOf(join(temporaryDir(), 'journal'));
const facts = (layout = layoutIn(), more: { port?: number; programs?: string[] } = {}) =>
  machineFacts({ layout, slots: 1, port: 0, environment: process.env, programs: ['sh'], ...more });

describe('what is seen of a machine', () => {
  it('is a directory that can be written, and what this process may have', async () => {
    const seen = await facts();
    expect(seen).toMatchObject({ locksFail: false, staleLocks: [], orphans: [], missing: [] });
    expect(seen.unwritable).toBeUndefined();
    expect(seen.freeBytes).toBeGreaterThan(0);
    expect(seen.memoryBytes).toBeGreaterThan(0);
    expect(Math.abs(seen.skewMs ?? 0)).toBeLessThan(60_000);
  });

  it('is a journal that was changed, an old layout and a stale lock', async () => {
    const layout = layoutIn();
    cpSync('test/fixtures/stores/directory-0', layout.root, { recursive: true });
    const path = layout.journal('old');
    expect((await facts(layout)).journals).toEqual({ verified: 1, bad: [] });
    writeFileSync(path, readFileSync(path, 'utf8').replace('build', 'built'));
    writeFileSync(join(layout.root, 'owner-999999999-1.lock'), '');
    const seen = await facts(layout);
    expect(seen.journals.bad).toEqual([expect.stringMatching(/^old at event \d+: /)]);
    expect(seen).toMatchObject({ layout: { isOlder: true }, staleLocks: ['owner-999999999-1.lock'] });
  });

  it('is a directory that is none, a newer layout, a program that is not there and a port that is taken', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    const layout = layoutIn();
    mkdirSync(layout.root, { recursive: true });
    writeFileSync(join(layout.root, 'store.json'), '{"version":99,"applied":[]}');
    const seen = await facts(layout, { port, programs: ['sh', 'no-such-program'] });
    await new Promise((resolve) => server.close(resolve));
    expect(seen.layout.problem).toContain('layout 99');
    expect(seen).toMatchObject({
      missing: ['no-such-program'],
      port: { number: port, problem: 'EADDRINUSE' },
    });
    const file = join(temporaryDir(), 'file');
    writeFileSync(file, '');
    const none = await facts(layoutOf(join(file, 'journal')));
    expect(none.unwritable).toContain('ENOTDIR');
  });
});
