import { createClient, pages, RepriseError } from '../../../lib/client';

/** An API that answers in turn, and what it was sent. */
function world(...answers: { readonly status?: number; readonly body: unknown }[]) {
  const seen: string[] = [];
  const fake = (async (url: string, { method }: RequestInit) => {
    const { status = 200, body } = answers[Math.min(seen.length, answers.length - 1)] ?? { body: {} };
    seen.push(`${method} ${url.slice('http://api'.length)}`);
    return new Response(JSON.stringify(body), { status, headers: { 'retry-after': '0' } });
  }) as unknown as typeof fetch;
  return { seen, reprise: createClient({ api: 'http://api', token: 't', fetch: fake }) };
}

const busy = { status: 503, body: {} };

describe('the client', () => {
  it('calls every operation by its id', async () => {
    const { seen, reprise } = world({ status: 202, body: { job_id: 'j', status: 'submitted' } });
    const { job_id: jobId } = await reprise.submitJob({ body: { execution_graph: { name: 'shop' } } });
    await reprise.getJob({ path: { jobId } });
    await reprise.listTargets();
    expect(seen).toEqual(['POST /jobs', 'GET /jobs/j', 'GET /notifications']);
  });

  it('tries again what only reads, and nothing that changes something', async () => {
    const reading = world(busy, { body: { targets: [] } });
    expect(await reading.reprise.listTargets()).toEqual({ targets: [] });
    expect(reading.seen).toHaveLength(2);
    const changing = world(busy, { body: {} });
    await expect(changing.reprise.fireTrigger({ path: { name: 'nightly' } })).rejects.toThrow('503');
    expect(changing.seen).toHaveLength(1);
  });

  it('throws what the engine refused, with its code', async () => {
    const { reprise } = world({ status: 403, body: {} });
    const refused = await reprise.listTargets().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RepriseError);
    expect(refused).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('goes through all pages of a list', async () => {
    const { seen, reprise } = world({ body: { jobs: [], next_cursor: 'a b' } }, { body: { jobs: [] } });
    const read = [];
    for await (const { jobs } of pages(reprise.listJobs, { query: { status: 'failed' } })) read.push(jobs);
    expect(read).toEqual([[], []]);
    expect(seen).toEqual(['GET /jobs?status=failed', 'GET /jobs?status=failed&cursor=a+b']);
  });
});
