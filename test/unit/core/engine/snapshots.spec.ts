import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { graphHash } from '../../../../lib/core/dag/hash';
import { createEngine } from '../../../../lib/core/engine/engine';
import { SNAPSHOT_EVERY } from '../../../../lib/core/engine/held-folds';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { jobAt } from '../../../../lib/core/messages/address';
import type { JobMessage } from '../../../../lib/core/messages/job';
import { graph, node } from '../../../support/job-driver';

/** Runs a job of so many nodes; where its snapshots were taken, and where the journal ended. */
async function snapshotsOf(nodes: number, outputs: Record<string, string> = {}) {
  const wide = graph(Array.from({ length: nodes }, (_, i) => node(`n${i}`)));
  const journal = createMemoryJournalStore();
  const random = () => 0.5;
  const saved: number[] = [];
  const engine = createEngine(
    {
      ...{ journal, clock: () => 1_000, random, perform: async () => {} },
      snapshots: { load: async () => undefined, save: async (_, { head }) => void saved.push(head.seq) },
    },
    createKinds({ conditions: memoryConditions, journal, random, graphs: { get: async () => wide } }),
  );
  const J = jobAt('j');
  const tell = (messages: readonly JobMessage[]) =>
    engine.handle(
      J,
      messages.map((message, i) => ({ id: `m${i}`, actor: { kind: 'engine', id: 'test' }, message })),
    );
  await tell([
    { type: 'submit', graphHash: graphHash(wide), owner: 'ana', priority: 'normal', pool: 'default' },
    { type: 'admit' },
    { type: 'allEntered', token: 't' },
  ]);
  for (const { id: nodeId } of wide.nodes)
    await tell([{ type: 'attemptSucceeded', nodeId, attempt: 1, durationMs: 1, outputs, workerId: 'w' }]);
  return { saved, end: (await engine.view(J)).head.seq };
}

describe('snapshots of a job', () => {
  it('are taken every so many events where it is small', async () => {
    const { saved, end } = await snapshotsOf(400);
    expect(saved).toHaveLength(Math.floor(end / SNAPSHOT_EVERY));
  });

  it('are taken as seldom as it is large: a fixed number of times, whatever its size', async () => {
    const { saved, end } = await snapshotsOf(2_500);
    expect(end).toBeGreaterThan(4 * 2_500);
    expect(saved.length).toBeLessThanOrEqual(5);
  });

  it('are the rarer the more its nodes have handed on', async () => {
    const plain = await snapshotsOf(400);
    const large = await snapshotsOf(400, { text: 'x'.repeat(15_000) });
    expect(large.saved.length).toBeLessThan(plain.saved.length);
  });
});
