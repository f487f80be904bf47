import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryHistory } from '../../../../lib/adapters/memory/history';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { PRIOR_DURATION_MS } from '../../../../lib/core/dag/graph-index';
import { createEngine } from '../../../../lib/core/engine/engine';
import { createGraphIndexes, durationsFrom } from '../../../../lib/core/engine/graph-indexes';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { learnFrom } from '../../../../lib/core/engine/learning';
import { nodeHash } from '../../../../lib/core/history/durations';
import { jobAt } from '../../../../lib/core/messages/address';
import type { JobMessage } from '../../../../lib/core/messages/job';
import { graph, node } from '../../../support/job-driver';

const chain = graph([node('a'), node('b', { needs: ['a'] }), node('said', { durationMs: 7 })]);

/** An engine over a history, as each runtime wires it, and the ranks that its jobs hand to their pool. */
function world() {
  const history = createMemoryHistory();
  const journal = createMemoryJournalStore();
  const graphs = { get: async () => chain };
  const ranks = new Map<string, number>();
  const kinds = createKinds({
    ...{ journal, graphs, random: () => 0.5, conditions: memoryConditions },
    durationsOf: durationsFrom(history),
  });
  const engine = createEngine(
    {
      ...{ journal, clock: () => 1_000, random: () => 0.5 },
      async perform(effects) {
        for (const effect of effects) {
          if (effect.kind !== 'send' || effect.message.type !== 'workOffered') continue;
          const { jobId, nodeId, rank } = effect.message.work;
          ranks.set(`${jobId}/${nodeId}`, rank);
        }
      },
    },
    kinds,
  );
  let ids = 0;
  async function tell(jobId: string, message: JobMessage): Promise<void> {
    ids += 1;
    await engine.handle(jobAt(jobId), [
      { id: `m${ids}`, actor: { kind: 'user', id: 'ana' } as const, message },
    ]);
  }
  async function begin(jobId: string): Promise<void> {
    const pool = { priority: 'normal', pool: 'default' } as const;
    await tell(jobId, { type: 'submit', graphHash: 'h', owner: 'ana', ...pool });
    await tell(jobId, { type: 'admit' });
    for (const { id: nodeId } of chain.nodes) await tell(jobId, { type: 'nodeEntered', nodeId });
  }
  async function run(jobId: string, ms: number): Promise<void> {
    await begin(jobId);
    for (const { id: nodeId } of chain.nodes) {
      await tell(jobId, { type: 'attemptSucceeded', nodeId, attempt: 1, durationMs: ms, outputs: {} });
    }
    await learnFrom({ journal, graphs, history }, jobId);
  }
  return { ranks, begin, run };
}

describe('the ranks of a job', () => {
  it('go by what earlier jobs measured when it was submitted, and by what its graph declares', async () => {
    const { ranks, begin, run } = world();
    await run('first', 200);
    expect(ranks.get('first/a')).toBe(2 * PRIOR_DURATION_MS);
    await begin('second');
    expect([ranks.get('second/a'), ranks.get('second/said')]).toEqual([400, 7]);
  });

  it('follow what is learned between two submissions of one graph', async () => {
    const { ranks, begin, run } = world();
    await run('first', 200);
    await run('second', 600);
    await begin('third');
    expect(ranks.get('third/a')).toBe(800);
  });

  it('are those of the graph where the history cannot be read, and the log says so', async () => {
    const said: string[] = [];
    const broken = { durationsOf: () => Promise.reject(new Error('no table')) };
    const durationsOf = durationsFrom(broken, { warn: (message) => void said.push(message) });
    const indexes = createGraphIndexes({ graphs: { get: async () => chain }, durationsOf });
    expect((await indexes.of('h', true)).rank).toEqual([2 * PRIOR_DURATION_MS, PRIOR_DURATION_MS, 7]);
    expect(said).toEqual(['the history cannot be read: a job is ranked by what its graph declares']);
  });

  it('cost one look-up a submission, of the nodes that declare nothing, and none in between', async () => {
    const asked: (readonly string[])[] = [];
    const indexes = createGraphIndexes({
      graphs: { get: async () => chain },
      durationsOf: async (nodes) => {
        asked.push(nodes);
        return new Map();
      },
    });
    const first = await indexes.of('h', true);
    expect(await indexes.of('h')).toBe(first);
    expect(await indexes.of('h', true)).toBe(first);
    const undeclared = chain.nodes.slice(0, 2).map(nodeHash);
    expect(asked).toEqual([undeclared, undeclared]);
  });
});
