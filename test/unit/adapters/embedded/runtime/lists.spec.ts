import { createLocalLists } from '../../../../../lib/adapters/embedded/runtime/lists';
import { createMemoryJournalStore } from '../../../../../lib/adapters/memory/journal-store';
import { EMPTY_HEAD } from '../../../../../lib/core/journal/envelope';
import type { JobStatus } from '../../../../../lib/core/model/outcome';
import type { JobListing } from '../../../../../lib/core/projections/listing';

const job = (submittedAt: number, status: JobStatus = 'running', owner = 'ana'): JobListing => {
  return { kind: 'job', owner, name: 'g', status, priority: 'normal', submittedAt };
};
const schedule = { kind: 'schedule', cron: '0 5 * * *', timezone: 'UTC', missed: 'latest' } as const;

describe('the list of jobs in memory', () => {
  it('shows what was appended through its journal, newest first, of one owner', async () => {
    const { jobs, journal } = createLocalLists(createMemoryJournalStore());
    await journal.append('job/a', EMPTY_HEAD, [], job(1));
    await journal.append('job/b', EMPTY_HEAD, [], job(2));
    await journal.append('job/c', EMPTY_HEAD, [], job(3, 'running', 'ben'));
    await journal.append('job/a', EMPTY_HEAD, [], job(1, 'failed'));
    const { jobs: listed } = await jobs.list({ owner: 'ana', limit: 10 });
    expect(listed.map(({ jobId, status }) => [jobId, status])).toEqual([
      ['b', 'running'],
      ['a', 'failed'],
    ]);
    expect((await jobs.list({ owner: 'ana', status: 'failed', limit: 10 })).jobs).toHaveLength(1);
  });

  it('pages through jobs of the same millisecond, each once, also when new ones come between', async () => {
    const { jobs, enter } = createLocalLists(createMemoryJournalStore());
    for (const id of ['a', 'b', 'c', 'd', 'e']) enter(`job/${id}`, job(7));
    const seen: string[] = [];
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await jobs.list({ owner: 'ana', limit: 2, cursor });
      seen.push(...page.jobs.map(({ jobId }) => jobId));
      cursor = page.cursor;
      enter(`job/new${seen.length}`, job(8));
    }
    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('holds all jobs that are not over, and the latest of those that are', async () => {
    const { jobs, running, enter } = createLocalLists(createMemoryJournalStore(), { mostOver: 10 });
    for (let i = 0; i < 500; i++) enter(`job/j${i}`, job(i, i % 5 === 0 ? 'running' : 'succeeded'));
    expect(running()).toBe(100);
    const listed = (await jobs.list({ owner: 'ana', limit: 1_000 })).jobs;
    const over = listed.filter(({ status }) => status === 'succeeded');
    expect(listed.length - over.length).toBe(100);
    expect(over.length).toBeLessThanOrEqual(11);
    expect(over.slice(0, 3).map(({ jobId }) => jobId)).toEqual(['j499', 'j498', 'j497']);
  });

  it('counts a job that goes on again, and one whose end it hears twice', () => {
    const { running, enter } = createLocalLists(createMemoryJournalStore());
    enter('job/a', job(1));
    enter('job/a', job(1, 'failed'));
    enter('job/a', job(1, 'failed'));
    expect(running()).toBe(0);
    enter('job/a', job(1, 'running'));
    expect(running()).toBe(1);
  });

  it('finds what is kept of a job that it lists no more', async () => {
    const find = async (id: string) => (id === 'old' ? job(1, 'failed') : undefined);
    const { jobs } = createLocalLists(createMemoryJournalStore(), { find });
    expect(await jobs.get('old')).toMatchObject({ jobId: 'old', status: 'failed' });
    await expect(jobs.get('none')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });

  it('does not know a job that nothing was said of', async () => {
    const { jobs } = createLocalLists(createMemoryJournalStore());
    await expect(jobs.get('x')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });

  it('keeps nothing of an append that failed', async () => {
    const inner = createMemoryJournalStore();
    const { jobs, journal } = createLocalLists(inner);
    const wrong = { seq: 4, hash: 'x' };
    await expect(journal.append('job/a', wrong, [], job(1))).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    expect((await jobs.list({ owner: 'ana', limit: 10 })).jobs).toEqual([]);
  });
});

describe('the list of triggers in memory', () => {
  it('shows those of one owner by name, without the deleted ones', async () => {
    const { triggers, journal } = createLocalLists(createMemoryJournalStore());
    const entry = (name: string, owner = 'ana', status: 'active' | 'paused' | 'deleted' = 'active') => {
      return journal.append(`trigger/${owner}${name}`, EMPTY_HEAD, [], {
        ...{ kind: 'trigger', owner, name, status, source: schedule },
      });
    };
    await entry('b');
    await entry('a', 'ana', 'paused');
    await entry('c', 'ben');
    await entry('d');
    await entry('d', 'ana', 'deleted');
    expect(await triggers.list('ana')).toEqual([
      { name: 'a', status: 'paused', source: schedule },
      { name: 'b', status: 'active', source: schedule },
    ]);
  });
});
