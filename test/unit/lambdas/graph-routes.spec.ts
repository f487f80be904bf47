import { createBuild } from '../../../lambdas/machine-builder/build';
import { collectUnused } from '../../../lambdas/machine-collector/collect';
import { apiHandler } from '../../../lambdas/runtime/http';
import { getGraph, registerGraph } from '../../../lib/api/graphs';
import { ownedGraphs } from '../../../lib/api/owned-graphs';
import { problemDetails } from '../../../lib/contract/errors';
import { graphSummary, graphView } from '../../../lib/contract/graphs';
import type { Graph } from '../../../lib/core/dag/graph';
import { RepriseError } from '../../../lib/core/errors';
import { ARN_PREFIX, HASH, registryWorld } from '../adapters/aws/machines/registry-world';
import { memoryOwners } from './owners';
import { request } from './request';

const busy = () => new RepriseError('UPSTREAM_UNAVAILABLE', 'throttled');
const shop = {
  name: 'shop',
  nodes: [
    { id: 'build', run: 'make', duration: '2s' },
    { id: 'api', run: 'x', needs: ['build'] },
  ],
};

function world() {
  const { registry, records, machines, kept } = registryWorld();
  const stored = new Map<string, Graph>();
  const owners = memoryOwners();
  const takeMachines = jest.fn(async () => {});
  const graphs = ownedGraphs({
    graphs: { put: async (hash, graph) => void stored.set(hash, graph), get: () => Promise.reject() },
    ...{ owners, take: async () => {}, clock: () => 1 },
  });
  const remind = jest.fn(async () => {});
  const compilations = {
    get: async (hash: string) => kept.get(hash),
    put: async (compilation: Parameters<typeof kept.set>[1]) => {
      if (!kept.has(compilation.graph.hash)) kept.set(compilation.graph.hash, compilation);
      return compilation;
    },
  };
  const deps = {
    graphs,
    takeMachines,
    compilations,
    records,
    registry,
    requests: { remind },
    onRegistered: () => {},
  };
  const register = apiHandler(registerGraph(deps));
  const show = apiHandler(getGraph({ registry, records, owners }));
  return { register, show, records, machines, stored, remind, owners, takeMachines };
}

describe('POST /graphs', () => {
  it('keeps the graph, makes its machine and answers 201; known, 200 and the same', async () => {
    const { register, machines, stored } = world();
    const first = await request(register, { body: { execution_graph: shop } });
    expect(first.status).toBe(201);
    const body = graphSummary.parse(first.body);
    expect(body).toMatchObject({ name: 'shop', nodes: 2, edges: 1, residual_edges: 0, status: 'ready' });
    expect(body.certificate).toMatchObject({ state_machines: 1, state_transitions: 3 });
    expect(body.state_machine_arn).toBe(`${ARN_PREFIX}${body.hash.slice(0, 40)}`);
    expect([...stored.keys()]).toEqual([body.hash]);
    machines.quota = 0;
    const again = await request(register, { body: { execution_graph: shop }, requestId: 'r2' });
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(machines.made.size).toBe(1);
  });

  it('is not refused when Step Functions wants the machines later: the queue has them made', async () => {
    const { register, machines, remind } = world();
    machines.quota = 0;
    const answer = await request(register, { body: { execution_graph: shop } });
    expect(answer).toMatchObject({ status: 201, body: { status: 'pending' } });
    expect(remind).toHaveBeenCalledWith(answer.body.hash);
  });

  it('names the JSON path of each problem, and keeps nothing', async () => {
    const { register, stored } = world();
    const nodes = [
      { id: 'a', run: 'x', needs: ['nowhere'] },
      { id: 'b', runs: 'y' },
    ];
    const answer = await request(register, { body: { execution_graph: { name: 'shop', nodes } } });
    expect(answer.status).toBe(400);
    const paths = problemDetails.parse(answer.body).problems?.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['execution_graph.nodes[0].needs[0]', 'execution_graph.nodes[1].runs']),
    );
    expect(stored.size).toBe(0);
  });

  it('needs the scope of jobs', async () => {
    const call = { body: { execution_graph: shop }, scopes: 'orchestration.worker' };
    expect((await request(world().register, call)).status).toBe(403);
  });
});

describe('GET /graphs/{hash}', () => {
  it('shows certificate, machines and status, and the definition asked for', async () => {
    const { register, show } = world();
    const { hash } = (await request(register, { body: { execution_graph: shop } })).body;
    const plain = graphView.parse((await request(show, { params: { hash } })).body);
    expect(plain).toMatchObject({ status: 'ready', residual: {}, machines: [{ name: 'root' }] });
    expect(plain.definition).toBeUndefined();
    const { body } = await request(show, { params: { hash }, query: { machine: 'root' } });
    expect(body.definition.States.build.Parameters.QueueUrl).toBe('https://sqs/jobs.fifo');
    expect(JSON.stringify(body.definition)).toHaveLength(plain.machines[0]?.bytes ?? 0);
    const unknown = await request(show, { params: { hash }, query: { machine: 'part-9' } });
    expect(unknown).toMatchObject({ status: 400, body: { problems: [{ path: 'machine' }] } });
  });

  it('shows a graph that was only submitted, and takes no hash that is none', async () => {
    const { show, owners } = world();
    await owners.claim(HASH, 'ana', 1);
    const answer = await request(show, { params: { hash: HASH } });
    expect(answer).toMatchObject({ status: 200, body: { status: 'absent', nodes: 3 } });
    expect((await request(show, { params: { hash: 'x' } })).status).toBe(400);
  });
});

describe('the builder of machines', () => {
  function builder(ensure: () => Promise<void>) {
    const refuse = jest.fn(async () => {});
    return { build: createBuild({ registry: { ensure, refuse } }), refuse };
  }

  it('makes them', async () => {
    const { build, refuse } = builder(async () => {});
    expect(await build({ hash: HASH }, 1)).toBe('built');
    expect(refuse).not.toHaveBeenCalled();
  });

  it.each([
    ['brings again what Step Functions wants later', busy()],
    ['gives up what can never be made', new RepriseError('GRAPH_NOT_FOUND', 'gone')],
  ])('leaves the message to its queue, which %s', async (_, error) => {
    const { build, refuse } = builder(async () => Promise.reject(error));
    await expect(build({ hash: HASH }, 13)).rejects.toBe(error);
    expect(refuse).not.toHaveBeenCalled();
  });

  it.each([
    ['is wanted later for a quarter of an hour, as where the quota of the account is full', busy(), 14],
    ['is over the budget', new RepriseError('QUOTA_EXCEEDED', 'too many'), 1],
  ])('gives up what %s', async (_, error, tries) => {
    const { build, refuse } = builder(async () => Promise.reject(error));
    expect(await build({ hash: HASH }, tries)).toBe('refused');
    expect(refuse).toHaveBeenCalledWith(HASH);
  });
});

describe('the collector of machines', () => {
  it('goes on after one that fails, and ends in time', async () => {
    const log = { info: () => {}, warn: () => {}, error: jest.fn() };
    let left = 3;
    const collected = await collectUnused(
      {
        records: { unused: async () => ['a', 'b', 'c', 'd'] },
        registry: { collect: async (hash) => (hash === 'a' ? Promise.reject(busy()) : hash === 'b') },
        log,
        hasTime: () => left-- > 0,
      },
      1,
    );
    expect(collected).toEqual(['b']);
    expect(log.error).toHaveBeenCalledTimes(1);
    expect(left).toBe(-1);
  });
});
