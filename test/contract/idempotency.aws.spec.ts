import { createIdempotencyStore } from '../../lambdas/shared/idempotency-store';
import { idempotently } from '../../lambdas/submit-job/idempotent';
import type { Accepted } from '../../lib/api/submit';
import type { SubmitJobDeps } from '../../lib/api/submit-job';
import { RepriseError } from '../../lib/core/errors';
import { createTable, startTestCloud, type TestCloud } from '../support/ministack';

type Request = Parameters<SubmitJobDeps['submit']>[0];

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

const request = (overrides: Partial<Request> = {}): Request => ({
  jobId: 'k-1',
  submission: { graphHash: 'h', owner: 'ana', priority: 'normal', pool: 'default' },
  origin: { requestId: 'r', traceId: 't' },
  isKeyed: true,
  remainingMs: () => 15_000,
  ...overrides,
});

const accepted = (jobId: string): Accepted => ({ jobId, status: 'submitted' });

async function world(submit: SubmitJobDeps['submit']) {
  const { client, tableName } = await createTable(cloud);
  return idempotently(submit, createIdempotencyStore(client, tableName));
}

describe('an idempotent submission', () => {
  it('is submitted once; a repeat is answered the same, from another request too', async () => {
    const submit = jest.fn(async ({ jobId }: Request) => accepted(jobId));
    const run = await world(submit);
    const first = await run(request());
    const origin = { requestId: 'r2', traceId: 't2' };
    expect(await run(request({ origin }))).toEqual(first);
    expect(submit).toHaveBeenCalledTimes(1);
  });

  it('is the same though its deadline, counted from each submission, is a later one', async () => {
    const submit = jest.fn(async ({ jobId }: Request) => accepted(jobId));
    const run = await world(submit);
    const due = (deadlineAt: number) => request({ submission: { ...request().submission, deadlineAt } });
    expect(await run(due(1_000))).toEqual(await run(due(2_000)));
    expect(submit).toHaveBeenCalledTimes(1);
    expect(submit.mock.calls[0]?.[0].submission.deadlineAt).toBe(1_000);
  });

  it('reaches the check of the job when the content differs, and its refusal is kept apart', async () => {
    const submit = jest.fn(async ({ jobId, submission }: Request) => {
      if (submission.priority === 'critical') throw new RepriseError('JOB_EXISTS', 'another content');
      return accepted(jobId);
    });
    const run = await world(submit);
    await run(request());
    const other = request({ submission: { ...request().submission, priority: 'critical' } });
    await expect(run(other)).rejects.toMatchObject({ code: 'JOB_EXISTS' });
    await expect(run(other)).rejects.toMatchObject({ code: 'JOB_EXISTS' });
    expect(submit).toHaveBeenCalledTimes(3);
  });

  it('that arrives while the first is under way is asked to come again', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const submit = jest.fn(async ({ jobId }: Request) => {
      await held;
      return accepted(jobId);
    });
    const run = await world(submit);
    const first = run(request());
    while (submit.mock.calls.length === 0) await new Promise((next) => setImmediate(next));
    await expect(run(request())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    release();
    await first;
    expect(submit).toHaveBeenCalledTimes(1);
  });

  it('without a key is another job each time', async () => {
    const submit = jest.fn(async ({ jobId }: Request) => accepted(jobId));
    const run = await world(submit);
    await run(request({ isKeyed: false, jobId: 'a' }));
    await run(request({ isKeyed: false, jobId: 'b' }));
    expect(submit).toHaveBeenCalledTimes(2);
  });
});
