import type { Graph } from '../../../../lib/core/dag/graph';
import { graphHash } from '../../../../lib/core/dag/hash';
import { planOfResume } from '../../../../lib/core/engine/resume-plan-of';
import { graph, JobDriver, node } from '../../../support/job-driver';

const MAPPED = graph([node('each', { forEach: '["a", "b"]' }), node('all', { needs: ['each'] })]);

/** A job that has ended over a graph with a mapped node. */
function ended(): JobDriver {
  const job = new JobDriver(MAPPED, (id) => (id === 'each' ? { items: ['a', 'b'] } : { holds: true }))
    .submit()
    .enterAll();
  for (const id of ['each-1', 'each-2', 'all']) job.succeed(id);
  expect(job.state.status).toBe('succeeded');
  return job;
}

/** What would run, of those that are named, from an item on. */
async function from(item: string, next: Graph = MAPPED): Promise<string[]> {
  const { index, state } = ended();
  const deps = {
    journal: { read: async function* () {} },
    graphs: { get: async () => next },
  };
  const request = { from: [item], ...(next !== MAPPED && { graphHash: graphHash(next) }) };
  const { nodes } = await planOfResume(deps, { jobId: 'j', index, state }, request);
  return nodes.filter(({ runs }) => runs).map(({ nodeId }) => nodeId);
}

const over = (...nodes: Graph['nodes']) => graph([...nodes, node('all', { needs: [nodes[0]?.id ?? ''] })]);

describe('an item of a mapped node that a resume begins from', () => {
  it('runs with what gathers it, and the mapped node by its own id with all of its items', async () => {
    expect(await from('each-2')).toEqual(['each', 'each-2', 'all']);
    expect(await from('each')).toEqual(['each', 'all']);
  });

  it('runs with all that its node has over a graph with another list', async () => {
    expect(await from('each-2', over(node('each', { forEach: '["c"]' })))).toEqual(['each', 'all']);
  });

  it.each([
    ['has no such node', over(node('other'))],
    ['does not map its node', over(node('each'))],
  ])('is refused where the next graph %s, and not silently left out', async (_, next) => {
    await expect(from('each-2', next)).rejects.toMatchObject({ code: 'NODE_NOT_FOUND' });
  });

  it('is refused where the list never had it', async () => {
    await expect(from('each-3')).rejects.toMatchObject({ code: 'NODE_NOT_FOUND' });
  });
});
