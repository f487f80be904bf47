import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileJournalStore } from '../../../../../lib/adapters/embedded/disk/journal-store';
import { layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { lockJob } from '../../../../../lib/adapters/embedded/disk/lock';
import { isAlive, ownIdentity } from '../../../../../lib/adapters/embedded/disk/process-identity';
import { EMPTY_HEAD } from '../../../../../lib/core/journal/envelope';
import { eventsAfter, STREAM } from '../../../../contract/journal-store.contract';
import { temporaryDir } from '../../../../support/e2e-files';

/** Another process that lives until the test ends it, and its identity. */
async function otherProcess() {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const pid = child.pid as number;
  const stat =
    process.platform === 'linux'
      ? await import('node:fs').then((fs) => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))
      : '';
  const startedAt = stat === '' ? '0' : ((stat.split(') ')[1] as string).split(' ')[19] as string);
  return {
    identity: { pid, startedAt },
    lock: `owner-${pid}-${startedAt}.lock`,
    async end() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('the lock of a job', () => {
  it('is refused while a live process holds it, naming that process, and leaves nothing behind', async () => {
    const dir = temporaryDir();
    const other = await otherProcess();
    writeFileSync(join(dir, other.lock), '');
    await expect(lockJob(dir, 'j1')).rejects.toMatchObject({
      code: 'JOB_LOCKED',
      message: expect.stringContaining(`process ${other.identity.pid}`),
    });
    expect(readdirSync(dir)).toEqual([other.lock]);
    await other.end();
  });

  it('is taken over from a process that died', async () => {
    const dir = temporaryDir();
    const other = await otherProcess();
    writeFileSync(join(dir, other.lock), '');
    await other.end();
    const lock = await lockJob(dir, 'j1');
    expect(readdirSync(dir)).toHaveLength(1);
    lock.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is taken over when the id of its dead owner belongs to another process now', async () => {
    const dir = temporaryDir();
    const other = await otherProcess();
    writeFileSync(join(dir, `owner-${other.identity.pid}-1.lock`), '');
    const lock = await lockJob(dir, 'j1');
    lock.release();
    await other.end();
  });

  it('is refused to the process that holds it already', async () => {
    const dir = temporaryDir();
    const lock = await lockJob(dir, 'j1');
    await expect(lockJob(dir, 'j1')).rejects.toMatchObject({ code: 'JOB_LOCKED' });
    lock.release();
    (await lockJob(dir, 'j1')).release();
  });

  it('is held by a store from the first append until it is closed', async () => {
    const layout = layoutOf(temporaryDir());
    const [one, two] = [createFileJournalStore(layout), createFileJournalStore(layout)];
    const events = eventsAfter(EMPTY_HEAD, 1);
    await one.append(STREAM, EMPTY_HEAD, events);
    await expect(two.own('j1')).rejects.toMatchObject({ code: 'JOB_LOCKED' });
    await one.close();
    await two.own('j1');
    await two.close();
  });
});

describe('the identity of a process', () => {
  it('tells this process from one with its id that started at another time', () => {
    const own = ownIdentity();
    expect(isAlive(own)).toBe(true);
    expect(isAlive({ ...own, startedAt: '1' })).toBe(false);
  });
});
