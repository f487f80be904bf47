import { SCOPES } from '../../../lib/core/access/scopes';
import { createApp } from '../../../lib/server/app';
import { servedRoutes } from '../../../lib/server/routes';
import {
  configuredWith,
  createServedWorld,
  NO_CLEANING,
  OWNER,
  type Process,
  until,
} from './support/served-world';

/** What runs `x` fails. */
const GRAPH = {
  name: 'g',
  nodes: [
    { id: 'build', run: 'b' },
    { id: 'api', run: 'x', needs: ['build'] },
    { id: 'report', run: 'r', needs: ['api'], trigger: 'all_done' },
  ],
};
const MENDED = {
  ...GRAPH,
  nodes: GRAPH.nodes.map((each) => (each.id === 'api' ? { ...each, run: 'ok' } : each)),
};

const world = createServedWorld(({ nodeId, attempt }) => {
  return { ms: 1_000, end: nodeId === 'api' && attempt === 1 ? 'failed' : 'succeeded' };
});
let daemon: Process;

function call(method: string, path: string, body?: unknown, scopes: string[] = Object.values(SCOPES)) {
  const { engine, journal } = daemon;
  const app = createApp({
    routes: servedRoutes({
      traces: { places: async () => [] },
      config: configuredWith(journal),
      ...{ engine, journal, slots: 2, clock: world.time.now },
      letters: { list: async () => ({ groups: [] }) },
      cleaning: NO_CLEANING,
    }),
    ...{ token: 't', caller: { subject: OWNER, scopes }, health: async () => ({}) },
    onFault: (_, error) => {
      throw error;
    },
  });
  const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
  return (async () => {
    const response = await app.request(path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  })();
}

const statusIs = (status: string) =>
  until(async () => (await world.jobs(daemon.engine))[0]?.status === status, world.time.next);

describe('a job of a daemon that is resumed over REST', () => {
  let id: string;
  /** Its end is dealt with a moment after it is listed: until then it is locked. */
  const resume = async (body: object) => {
    let answer = await call('POST', `/jobs/${id}/resume`, body);
    await until(async () => {
      if (answer.status === 409) answer = await call('POST', `/jobs/${id}/resume`, body);
      return answer.status !== 409;
    });
    return answer;
  };
  const attempts = async () => {
    const { body } = await call('GET', `/jobs/${id}`);
    const nodes = body['nodes'] as unknown as Record<string, { attempts: number }>;
    return Object.fromEntries(Object.entries(nodes).map(([node, { attempts }]) => [node, attempts]));
  };

  beforeAll(async () => {
    daemon = await world.boot();
    id = (await call('POST', '/jobs', { execution_graph: GRAPH })).body['job_id'] as unknown as string;
  });
  afterAll(() => daemon.end());

  it('while it is live is refused, with what to do', async () => {
    await statusIs('running');
    expect(await call('POST', `/jobs/${id}/resume`, {})).toMatchObject({
      status: 409,
      body: {
        code: 'JOB_NOT_OVER',
        detail: expect.stringContaining('wait for its end or cancel it'),
      },
    });
  });

  it('is told what would run, and nothing happens', async () => {
    await statusIs('failed');
    const answer = await resume({ execution_graph: MENDED, dry_run: true });
    expect(answer).toMatchObject({
      status: 200,
      body: { job_id: id, status: 'failed', dry_run: true, runs: 2, keeps: 1 },
    });
    expect(answer.body['nodes']).toEqual({
      build: { runs: false, why: 'kept' },
      api: { runs: true, why: 'changed' },
      report: { runs: true, why: 'downstream', of: 'api' },
    });
    expect(await call('GET', `/jobs/${id}`)).toMatchObject({ body: { status: 'failed', run: 1 } });
  });

  it('needs the scope of a retry, and its absence is journalled', async () => {
    const scopes = [SCOPES.jobs, SCOPES.retryBasic];
    const refused = () => call('POST', `/jobs/${id}/resume`, { reason: 'please' }, scopes);
    await until(async () => (await refused()).status === 403);
    const { body } = await call('GET', `/jobs/${id}/events`);
    expect(JSON.stringify(body)).toContain('job.retryRefused');
  });

  it.each([
    [{ from: ['nothing'] }, 404, 'NODE_NOT_FOUND'],
    [{ graph_hash: 'f'.repeat(64) }, 404, 'GRAPH_NOT_FOUND'],
    [
      { execution_graph: { name: 'g', nodes: [{ id: 'a', run: 'x', needs: ['b'] }] } },
      400,
      'GRAPH_UNKNOWN_DEPENDENCY',
    ],
    [{ execution_graph: MENDED, graph_hash: 'f'.repeat(64) }, 400, 'INPUT_INVALID'],
    [{ form: ['api'] }, 400, 'INPUT_INVALID'],
  ])('is refused %j', async (body, status, code) => {
    expect(await call('POST', `/jobs/${id}/resume`, body)).toMatchObject({
      status,
      body: { code },
    });
  });

  it('that nobody knows is not found', async () => {
    expect(await call('POST', '/jobs/nobody/resume', {})).toMatchObject({ status: 404 });
  });

  it('goes on over another graph, also when the daemon dies meanwhile', async () => {
    const { body } = await resume({ execution_graph: MENDED, dry_run: true });
    const accepted = await resume({ graph_hash: body['graph_hash'], reason: 'mended' });
    expect(accepted).toMatchObject({ status: 202, body: { dry_run: false, runs: 2 } });
    await statusIs('running');
    await daemon.end();
    daemon = await world.boot();
    await statusIs('succeeded');
    expect(await attempts()).toEqual({ build: 1, api: 2, report: 2 });
    expect(await call('GET', `/jobs/${id}`)).toMatchObject({
      body: { graph_hash: body['graph_hash'], run: 2, checkpoint: expect.any(Number) },
    });
  });

  it('runs a node that is named again, though all has succeeded, and where nothing is to be done says so', async () => {
    expect(await resume({})).toMatchObject({ status: 200, body: { runs: 0, keeps: 3 } });
    expect(await resume({ from: ['report'] })).toMatchObject({ status: 202, body: { runs: 1 } });
    await statusIs('running');
    await statusIs('succeeded');
    expect(await attempts()).toEqual({ build: 1, api: 2, report: 3 });
    expect(daemon.failure()).toBeUndefined();
  });
});
