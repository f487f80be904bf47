import { seededRandom } from '../../support/graphs';
import { graph, node, retrying } from '../../support/job-driver';
import { MemoryCloud, QUEUES } from './memory-cloud';

const NODES = 60;

/** Three layers, each node needing two of the layer before. */
const layered = graph(
  Array.from({ length: NODES }, (_, i) => {
    const needs = i < 20 ? [] : [`n${i - 20}`, `n${i - 20 - (i % 20 === 0 ? -1 : 1)}`];
    return node(`n${i}`, { needs, ...retrying(3) });
  }),
);

describe('a job on the AWS runtime', () => {
  it('costs at most six messages and six journal events a node', async () => {
    const cloud = new MemoryCloud({ graph: layered, fastPath: true });
    await cloud.submit(8);
    await cloud.run();
    expect(await cloud.status()).toBe('succeeded');
    // The node entered, offered, dispatched, started, completed and released. The job queues in its pool, is admitted
    // and leaves; its machine asks how it ended.
    const messages = QUEUES.reduce((sum, name) => sum + cloud.sent[name], 0);
    expect(messages).toBeLessThanOrEqual(6 * NODES + 4);
    expect(cloud.sent.effects).toBe(0);
    const events = cloud.journal.streams.get('job/j') ?? [];
    const ofNodes = events.filter(({ type }) => !type.startsWith('job.'));
    expect(ofNodes.length).toBeLessThanOrEqual(5 * NODES);
    expect(cloud.journal.streams.get('pool/default')?.length).toBeLessThanOrEqual(3 * NODES + 1 + 3);
  });

  it('runs every attempt once, answers every node, and the machine once all are answered', async () => {
    const cloud = new MemoryCloud({ graph: layered, fastPath: true });
    await cloud.submit(8);
    await cloud.run();
    expect(cloud.submissions).toHaveLength(NODES);
    expect(new Set(cloud.answers.map(({ token }) => token)).size).toBe(NODES);
    expect(cloud.workflow.outcomes).toEqual(new Map([['j', new Set(['succeeded'])]]));
    expect(cloud.published).toEqual(['orchestration.execution.started', 'orchestration.execution.completed']);
  });

  it('comes to the same end with the fast path off, through the outbox relay alone', async () => {
    const cloud = new MemoryCloud({ graph: layered, fastPath: false });
    await cloud.submit(8);
    await cloud.run();
    expect(await cloud.status()).toBe('succeeded');
    expect(cloud.submissions).toHaveLength(NODES);
    expect(await cloud.journal.confirmed('job/j')).toBe((await cloud.journal.head('job/j')).seq);
  });

  it.each([1, 2, 3, 4, 5])(
    'comes to the same end when a third of the effects fail (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const cloud = new MemoryCloud({ graph: layered, fastPath: true, effectFails: () => random() < 0.3 });
      await cloud.submit(8);
      await cloud.run();
      expect(await cloud.status()).toBe('succeeded');
      expect(cloud.submissions).toHaveLength(NODES);
      for (const stream of ['job/j', 'pool/default']) {
        expect(await cloud.journal.confirmed(stream)).toBe((await cloud.journal.head(stream)).seq);
      }
    },
  );

  it('retries through a timer', async () => {
    const succeeds = ({ nodeId, attempt }: { nodeId: string; attempt: number }) =>
      nodeId !== 'n3' || attempt === 3;
    const cloud = new MemoryCloud({ graph: layered, fastPath: true, succeeds });
    await cloud.submit(8);
    await cloud.run();
    expect(await cloud.status()).toBe('succeeded');
    expect(cloud.submissions.filter(({ nodeId }) => nodeId === 'n3').map(({ attempt }) => attempt)).toEqual([
      1, 2, 3,
    ]);
    expect(cloud.sent.timers).toBeGreaterThanOrEqual(2);
  });
});
