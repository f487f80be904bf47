import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import type { ConfigEvent } from '../../../lib/core/configuration/events';
import type { ConfigValues } from '../../../lib/core/configuration/keys';
import { type DaemonConfig, openDaemonConfig } from '../../../lib/server/configuration';
import { temporaryDir } from '../../support/e2e-files';
import { until } from './support/served-world';

let file: string;
let warnings: string[];
let ending: () => void;
const journal = { current: createMemoryJournalStore() };

beforeEach(() => {
  file = join(temporaryDir(), 'config.yaml');
  warnings = [];
  ending = () => undefined;
  journal.current = createMemoryJournalStore();
});
afterEach(() => ending());

const open = (environment: NodeJS.ProcessEnv = {}, flags: ConfigValues = {}) =>
  openDaemonConfig({
    ...{ file, environment, flags, journal: journal.current, owner: 'ana', clock: () => 5 },
    warn: (message) => warnings.push(message),
  });

async function changes({ store }: DaemonConfig) {
  const events: ConfigEvent['data'][] = [];
  for await (const { data } of store.history()) events.push(data);
  return events;
}

describe('the configuration of a daemon', () => {
  it('is no directory: that is told, and no fault', async () => {
    file = temporaryDir();
    const message = `cannot read ${file}: it is a directory, and a file is wanted`;
    await expect(open()).rejects.toMatchObject({ code: 'INPUT_INVALID', message });
  });

  it('is of its file, what was set, its environment and its options, each over the one before', async () => {
    writeFileSync(file, 'retries: { explore: 0.01 }\ncleanup: { jobDays: 5, keepJobs: 1 }\n');
    const first = await open();
    expect(first.current()).toMatchObject({ 'retries.explore': 0.01, 'cleanup.keepJobs': 1 });
    await first.store.change(
      'set',
      { 'retries.explore': 0.02, 'cleanup.keepJobs': 2 },
      { actor: { kind: 'user', id: 'bo' }, requestId: 'r', traceId: 't' },
    );
    const next = await open({ REPRISE_CLEANUP_KEEP_JOBS: '3' }, { 'cleanup.jobDays': 9 });
    expect(next.current()).toMatchObject({
      'retries.explore': 0.02,
      'cleanup.keepJobs': 3,
      'cleanup.jobDays': 9,
    });
    expect((await changes(next)).map(({ origin }) => origin)).toEqual(['file', 'set', 'environment', 'flag']);
  });

  it('journals nothing where nothing is said, and nothing twice', async () => {
    expect(await changes(await open())).toEqual([]);
    writeFileSync(file, 'retries: { explore: 0.01 }\n');
    await open();
    expect(await changes(await open())).toHaveLength(1);
  });

  it('refuses to begin with a file or a variable that is wrong', async () => {
    writeFileSync(file, 'retries:\n  explore: lots\n');
    await expect(open()).rejects.toThrow('config.yaml:2:12 retries.explore');
    writeFileSync(file, '');
    await expect(open({ REPRISE_RETRIES_EXPLORE: '7' })).rejects.toThrow(
      'REPRISE_RETRIES_EXPLORE (retries.explore)',
    );
  });

  it('takes a file that changes while it runs, and leaves what holds where the file is wrong', async () => {
    const config = await open();
    writeFileSync(file, 'retries: { explore: 0.03 }\n');
    await config.reload();
    expect(config.current()['retries.explore']).toBe(0.03);
    writeFileSync(file, 'retries: { explore: 3 }\n');
    await config.reload();
    expect(config.current()['retries.explore']).toBe(0.03);
    expect(warnings.join()).toContain('the configuration stays as it is: config.yaml:1:21 retries.explore');
    expect(await changes(config)).toEqual([
      { origin: 'file', changes: [{ key: 'retries.explore', after: 0.03 }] },
    ]);
  });

  it('hears of the file by itself, and by SIGHUP', async () => {
    const config = await open();
    ending = config.follow();
    writeFileSync(file, 'retries: { explore: 0.04 }\n');
    await until(() => config.current()['retries.explore'] === 0.04);
    writeFileSync(file, 'retries: { explore: 0.05 }\n');
    process.emit('SIGHUP');
    await until(() => config.current()['retries.explore'] === 0.05);
    expect(await changes(config)).toHaveLength(2);
  });
});
