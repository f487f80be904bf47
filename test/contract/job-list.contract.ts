import type { JobStatus } from '../../lib/core/model/outcome';
import type { JobList, ListQuery } from '../../lib/core/ports/registries';
import type { JournalStore } from '../../lib/core/ports/stores';
import type { JobListing } from '../../lib/core/projections/listing';
import { recordedEvents } from '../support/recorded';

export interface JobListSetup {
  readonly jobs: JobList;
  /** The journal that jobs are entered through. */
  readonly journal: JournalStore;
}

/** A later event of a stream, and what lists show of it from then on. */
export async function enter(
  journal: JournalStore,
  stream: string,
  listing: Parameters<JournalStore['append']>[3],
): Promise<void> {
  const head = await journal.head(stream);
  await journal.append(stream, head, recordedEvents(stream, [{}], { head }), listing);
}

/** What every list of jobs keeps to. */
export function describeJobList(name: string, setup: () => Promise<JobListSetup>): void {
  describe(`job list: ${name}`, () => {
    let world: JobListSetup;
    beforeEach(async () => {
      world = await setup();
    });

    const listing = (submittedAt: number, over: Partial<JobListing> = {}): JobListing => {
      const { owner = 'ana', status = 'submitted' } = over;
      return { kind: 'job', owner, name: 'shop', status, priority: 'high', submittedAt, ...over };
    };
    const submit = (jobId: string, submittedAt: number, over: Partial<JobListing> = {}) =>
      enter(world.journal, `job/${jobId}`, listing(submittedAt, over));
    const change = (jobId: string, submittedAt: number, status: JobStatus) =>
      submit(jobId, submittedAt, { status });
    const idsOf = async (query: Partial<ListQuery> = {}) =>
      (await world.jobs.list({ owner: 'ana', limit: 10, ...query })).jobs.map(({ jobId }) => jobId);

    /** Ids page by page, to the last one. */
    async function pages(query: Partial<ListQuery>, between: () => Promise<void> = async () => undefined) {
      const seen: string[][] = [];
      for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
        const page = await world.jobs.list({ owner: 'ana', limit: 2, ...query, cursor });
        seen.push(page.jobs.map(({ jobId }) => jobId));
        cursor = page.cursor;
        await between();
      }
      return seen;
    }

    it('is empty for an owner without jobs', async () => {
      await submit('a', 1_000);
      expect(await world.jobs.list({ owner: 'ben', limit: 10 })).toEqual({ jobs: [] });
    });

    it('shows of each job what was said last, and nothing else', async () => {
      await submit('a', 1_000);
      await change('a', 1_000, 'running');
      const { kind: _, ...shown } = listing(1_000, { status: 'running' });
      expect(await world.jobs.list({ owner: 'ana', limit: 10 })).toEqual({
        jobs: [{ jobId: 'a', ...shown }],
      });
      expect(await world.jobs.get('a')).toEqual({ jobId: 'a', ...shown });
    });

    it('keeps what it shows where an event changes nothing of it', async () => {
      await submit('a', 1_000);
      await enter(world.journal, 'job/a', undefined);
      expect(await idsOf()).toEqual(['a']);
    });

    it('begins with the newest', async () => {
      await submit('b', 2_000);
      await submit('a', 1_000);
      await submit('c', 1_700_000_000_000);
      expect(await idsOf()).toEqual(['c', 'b', 'a']);
    });

    it('begins with the oldest where that is asked for, page by page', async () => {
      for (const [i, id] of ['a', 'b', 'c'].entries()) await submit(id, 1_000 + i);
      const first = await world.jobs.list({ owner: 'ana', limit: 2, oldestFirst: true });
      const { cursor } = first;
      const rest = await world.jobs.list({ owner: 'ana', limit: 2, oldestFirst: true, cursor });
      expect([...first.jobs, ...rest.jobs].map(({ jobId }) => jobId)).toEqual(['a', 'b', 'c']);
      expect(rest.cursor).toBeUndefined();
    });

    it('shows the jobs of one owner, whatever others are called', async () => {
      await submit('a', 1_000);
      for (const [i, owner] of ['ana#submitted', 'an', 'anab', 'Ana', 'ana%23submitted'].entries()) {
        await submit(`other${i}`, 2_000, { owner });
      }
      expect(await idsOf()).toEqual(['a']);
      expect(await idsOf({ status: 'submitted' })).toEqual(['a']);
      expect(await idsOf({ owner: 'ana#submitted' })).toEqual(['other0']);
    });

    it('shows a user the jobs of others that are shared with them, as they are now', async () => {
      await submit('own', 9_000, { owner: 'ben' });
      await submit('a', 1_000, { sharedWith: ['ben', 'cleo'] });
      await submit('b', 2_000, { sharedWith: ['cleo', 'ben'] });
      await submit('c', 3_000, { sharedWith: ['cleo'] });
      const shared = { owner: 'ben', shared: true } as const;
      expect(await idsOf(shared)).toEqual(['b', 'a']);
      expect(await pages({ ...shared, limit: 1 })).toEqual([['b'], ['a']]);
      await submit('a', 1_000, { status: 'failed', sharedWith: ['ben', 'cleo'] });
      expect((await world.jobs.list({ ...shared, limit: 10 })).jobs[1]).toMatchObject({ status: 'failed' });
      expect(await idsOf({ ...shared, status: 'failed' })).toEqual(['a']);
      // In no list of its owner for that.
      expect(await idsOf({ owner: 'ben' })).toEqual(['own']);
      expect(await idsOf({ owner: 'ana', shared: true })).toEqual([]);
    });

    it('shows a job no longer that was shared', async () => {
      await submit('a', 1_000, { sharedWith: ['ben'] });
      await submit('a', 1_000);
      expect(await idsOf({ owner: 'ben', shared: true })).toEqual([]);
      expect(await world.jobs.get('a')).not.toHaveProperty('sharedWith');
    });

    it('shows those of one status, which a job leaves for the next', async () => {
      await submit('a', 1_000);
      await submit('b', 2_000);
      await change('a', 1_000, 'failed');
      expect(await idsOf({ status: 'submitted' })).toEqual(['b']);
      expect(await idsOf({ status: 'failed' })).toEqual(['a']);
      expect(await idsOf({ status: 'running' })).toEqual([]);
      expect(await idsOf()).toEqual(['b', 'a']);
    });

    it('goes page by page, the last of which says that it is', async () => {
      for (const [i, id] of ['a', 'b', 'c', 'd', 'e'].entries()) await submit(id, 1_000 + i);
      expect(await pages({})).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
      expect(await pages({ limit: 5 })).toEqual([['e', 'd', 'c', 'b', 'a']]);
      expect(await pages({ status: 'submitted' })).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
    });

    it('shows jobs of the same millisecond each on one page', async () => {
      for (const id of ['a', 'c', 'e', 'b', 'd', 'ab']) await submit(id, 1_000);
      const seen = (await pages({})).flat();
      expect([...seen].sort()).toEqual(['a', 'ab', 'b', 'c', 'd', 'e']);
    });

    it('is not moved on its way by jobs that are new', async () => {
      for (const [i, id] of ['a', 'b', 'c', 'd'].entries()) await submit(id, 1_000 + i);
      let later = 0;
      const seen = await pages({}, () => submit(`new${++later}`, 2_000 + later));
      expect(seen.flat()).toEqual(['d', 'c', 'b', 'a']);
    });

    it('goes on behind a job that has left it meanwhile', async () => {
      for (const [i, id] of ['a', 'b', 'c', 'd'].entries()) await submit(id, 1_000 + i);
      const first = await world.jobs.list({ owner: 'ana', status: 'submitted', limit: 2 });
      await change('c', 1_002, 'running');
      expect(await idsOf({ status: 'submitted', cursor: first.cursor })).toEqual(['b', 'a']);
    });

    it('shows nobody the jobs of another through a cursor', async () => {
      await submit('a', 1_000);
      await submit('b', 2_000);
      await submit('x', 500, { owner: 'ben' });
      const { cursor } = await world.jobs.list({ owner: 'ana', limit: 1 });
      expect(await idsOf({ owner: 'ben', cursor })).toEqual(['x']);
    });

    it.each(['', 'bm9uZQ', 'x', '1000.a', '../../etc/passwd'])('refuses "%s" as a cursor', async (cursor) => {
      await submit('a', 1_000);
      await expect(world.jobs.list({ owner: 'ana', limit: 10, cursor })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        problems: [{ path: 'cursor' }],
      });
    });

    it('does not know a job that was never submitted', async () => {
      await expect(world.jobs.get('nobody')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    });

    it('shows nothing of what was not appended', async () => {
      await submit('a', 1_000);
      const stream = 'job/a';
      const head = { seq: 7, hash: 'f'.repeat(64) };
      const late = listing(1_000, { status: 'failed' });
      const events = recordedEvents(stream, [{}], { head });
      await expect(world.journal.append(stream, head, events, late)).rejects.toMatchObject({
        code: 'VERSION_CONFLICT',
      });
      expect(await world.jobs.get('a')).toMatchObject({ status: 'submitted' });
      expect(await idsOf({ status: 'failed' })).toEqual([]);
    });
  });
}
