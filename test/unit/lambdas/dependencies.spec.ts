import { dependencyAt, poolAt, streamOf } from '../../../lib/core/messages/address';
import { graph, node } from '../../support/job-driver';
import { MemoryCloud } from './memory-cloud';

const NODES = 50;

/** A job whose nodes name so many dependencies each, on AWS in memory. */
async function ran(dependencies: readonly string[], fastPath = true) {
  const nodes = Array.from({ length: NODES }, (_, i) =>
    node(`n${i}`, dependencies.length === 0 ? {} : { dependencies }),
  );
  const cloud = new MemoryCloud({ graph: graph(nodes), fastPath });
  await cloud.submit(5);
  await cloud.run();
  expect(await cloud.status()).toBe('succeeded');
  const typesOf = (stream: string) => (cloud.journal.streams.get(stream) ?? []).map(({ type }) => type);
  const events = (type: string) =>
    [...cloud.journal.streams.keys()].flatMap(typesOf).filter((each) => each === type).length;
  return { cloud, typesOf, events };
}

describe('what dependencies cost on AWS', () => {
  it('is nothing where nodes name none', async () => {
    const { cloud, events } = await ran([]);
    expect(cloud.sent.dependencies).toBe(0);
    expect(events('queue.dependencyWatched')).toBe(0);
  });

  it('is a message for each attempt and dependency, a question and an answer for each pool', async () => {
    const plain = await ran([]);
    const { cloud, events } = await ran(['mail', 'payments']);
    // Those that are told in one turn go as one message.
    expect(cloud.sent.dependencies).toBeLessThanOrEqual(2 * (NODES + 1));
    expect(cloud.sent.dependencies).toBeGreaterThan(2);
    expect(cloud.sent.pools - plain.cloud.sent.pools).toBeLessThanOrEqual(2);
    expect([events('queue.dependencyWatched'), events('queue.dependencyChanged')]).toEqual([2, 2]);
    const { state } = await cloud.engine.view(poolAt('default'));
    expect([...state.dependencies.keys()]).toEqual(['mail', 'payments']);
  });

  it('is a journal that stops growing once the window is full of good calls', async () => {
    const { typesOf } = await ran(['payments']);
    const types = typesOf(streamOf(dependencyAt('payments')));
    expect(types.filter((type) => type === 'dependency.observed')).toHaveLength(20);
    expect(types).toHaveLength(21);
  });

  it('comes out the same where the outbox relay performs all of it', async () => {
    const { typesOf } = await ran(['payments'], false);
    expect(typesOf('dependency/payments').filter((type) => type === 'dependency.observed')).toHaveLength(20);
  });
});
