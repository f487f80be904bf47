import { apiHandler } from '../../../lambdas/runtime/http';
import { listJobs } from '../../../lib/api/list-jobs';
import { SCOPES } from '../../../lib/core/access/scopes';
import { createApp } from '../../../lib/server/app';
import { request } from '../lambdas/request';

const served = listJobs({ list: async () => ({ jobs: [] }) });
const caller = { subject: 'ana', scopes: [SCOPES.jobs] };

describe('a key of a query that is given twice', () => {
  it('is refused by a daemon, whichever of its values is meant', async () => {
    const app = createApp({
      routes: [served],
      token: 't',
      caller,
      health: async () => ({}),
      onFault: () => {},
    });
    const ask = (query: string) => app.request(`/jobs?${query}`, { headers: { authorization: 'Bearer t' } });
    expect((await ask('limit=1')).status).toBe(200);
    const twice = await ask('limit=1&limit=2');
    expect(twice.status).toBe(400);
    expect(await twice.json()).toMatchObject({ code: 'INPUT_INVALID', problems: [{ path: 'limit' }] });
  });

  it('is refused by a function', async () => {
    const handler = apiHandler(served);
    const once = { query: { limit: '1' }, queries: { limit: ['1'] } };
    expect((await request(handler, once)).status).toBe(200);
    const twice = await request(handler, { query: { limit: '2' }, queries: { limit: ['1', '2'] } });
    expect(twice).toMatchObject({ status: 400, body: { problems: [{ path: 'limit' }] } });
  });
});
