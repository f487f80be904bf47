import { createWorld } from '../../lib/adapters/memory/world';
import { attemptKey } from '../../lib/core/model/attempt';
import { seededRandom } from '../support/graphs';
import { graph, node } from '../support/job-driver';
import { diagnosisOf } from '../support/retry-facts';

const retry = { ...node('x').retry, maxAttempts: 2 };
const NODES = 30;

/** Three workers, of which `sick` fails whatever it is given. Where each attempt ran, by its key. */
async function play(failureClass: 'infrastructure' | 'unknown', crashes: number) {
  const places = new Map<string, string>();
  const document = graph(Array.from({ length: NODES }, (_, i) => node(`n${i}`, { retry })));
  const world = createWorld({
    graphs: [document],
    random: seededRandom(5),
    faults: { crashes, duplicates: crashes },
    diagnose: () => diagnosisOf(failureClass),
    onDispatch: (work, workerId) => void places.set(attemptKey(work), workerId),
    script: (ref) => ({ ms: 1_000, end: places.get(attemptKey(ref)) === 'sick' ? 'failed' : 'succeeded' }),
  });
  for (const workerId of ['sick', 'w1', 'w2']) world.register({ workerId, slots: 2, labels: '*' });
  world.submit('j', { graph: document, owner: 'ana', priority: 'normal' });
  await world.run();
  const { state } = await world.view({ kind: 'job', id: 'j' });
  return { state, places, world };
}

describe('a worker that fails what it is given', () => {
  it.each([0, 0.05])(
    'costs each node one attempt, where the engine dies with a chance of %d at each point',
    async (crashes) => {
      const { state, places } = await play('infrastructure', crashes);
      expect(state.status).toBe('succeeded');
      const second = [...places].filter(([key]) => key.endsWith('/2'));
      expect(second.length).toBeGreaterThan(0);
      expect(second.map(([, workerId]) => workerId)).not.toContain('sick');
    },
  );

  it('fails nodes for good where nobody can tell that it was the worker', async () => {
    const { state } = await play('unknown', 0);
    expect(state.status).toBe('failed');
  });
});

describe('a machine that is back before it is missed, without its work', () => {
  it.each([0, 0.05])(
    'has its work made again at once, where the engine dies with a chance of %d at each point',
    async (crashes) => {
      const document = graph(Array.from({ length: NODES }, (_, i) => node(`n${i}`)));
      const world = createWorld({
        graphs: [document],
        random: seededRandom(7),
        faults: { crashes, duplicates: crashes },
        script: () => ({ ms: 1_000, end: 'succeeded' }),
      });
      const as = (registration: string) => ({ workerId: 'w1', slots: 4, labels: '*' as const, registration });
      world.register(as('r1'));
      for (const [i, at] of [1_500, 3_700].entries())
        world.at(at, () => world.replace(as(`r${i + 2}`), `r${i + 1}`));
      world.submit('j', { graph: document, owner: 'ana', priority: 'normal' });
      await world.run();
      const { state } = await world.view({ kind: 'job', id: 'j' });
      expect(state.status).toBe('succeeded');
      const again = state.nodes.filter(({ attempt }) => attempt > 1);
      expect(again.length).toBeGreaterThanOrEqual(8);
      expect(world.now()).toBeLessThan(60_000);
    },
  );
});
