import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { graphHash } from '../../../../lib/core/dag/hash';
import { createEngine } from '../../../../lib/core/engine/engine';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { TOKENS_KEPT } from '../../../../lib/core/job/evolve';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import { jobAt } from '../../../../lib/core/messages/address';
import type { Effect } from '../../../../lib/core/messages/effect';
import type { JobMessage } from '../../../../lib/core/messages/job';
import { graph, node } from '../../../support/job-driver';

const NODES = TOKENS_KEPT + 50;
const wide = graph(Array.from({ length: NODES }, (_, i) => node(`n${i}`)));
const J = jobAt('j');

/** A job with a token for each node, all of which have succeeded. */
async function answered() {
  const journal = createMemoryJournalStore();
  const reads: number[] = [];
  const counted = {
    ...journal,
    read(stream: string, from = 1) {
      reads.push(from);
      return journal.read(stream, from);
    },
  };
  const performed: Effect[] = [];
  const random = () => 0.5;
  const engine = createEngine(
    {
      ...{ journal: counted, clock: () => 1_000, random },
      perform: async (effects) => void performed.push(...effects),
    },
    createKinds({
      conditions: memoryConditions,
      journal: counted,
      random,
      graphs: { get: async () => wide },
    }),
  );
  const tell = (messages: readonly JobMessage[]) =>
    engine.handle(
      J,
      messages.map((message, i) => ({ id: `m${i}`, actor: { kind: 'engine', id: 'test' }, message })),
    );
  const submission = {
    graphHash: graphHash(wide),
    owner: 'ana',
    priority: 'normal',
    pool: 'default',
  } as const;
  await tell([{ type: 'submit', ...submission }, { type: 'admit' }]);
  for (const { id: nodeId } of wide.nodes) {
    const done = { nodeId, attempt: 1, durationMs: 1, outputs: {}, workerId: 'w' };
    await tell([
      { type: 'nodeEntered', nodeId, token: `token of ${nodeId}` },
      { type: 'attemptSucceeded', ...done },
    ]);
  }
  const events: Recorded[] = [];
  for await (const event of journal.read('job/j')) events.push(event);
  return { engine, performed, events, reads };
}

/** Entry and end of a node both ask for the answer; it is given again without harm. */
const tokens = (effects: readonly Effect[]) => [
  ...new Set(effects.flatMap((effect) => (effect.kind === 'answerNode' ? [effect.answer.token] : []))),
];
const expected = wide.nodes.map(({ id }) => `token of ${id}`);

describe('the token of a node, some 800 characters on AWS', () => {
  it('is in the answer that follows from the end of the node', async () => {
    expect(tokens((await answered()).performed)).toEqual(expected);
  });

  it('is let go of some time after that, so that a fold and its snapshots stay small', async () => {
    const { state } = await (await answered()).engine.view(J);
    expect(state.nodes.filter(({ token }) => token !== undefined)).toHaveLength(TOKENS_KEPT);
  });

  it('comes from the journal where an answer was left undone for so long, read once for all of them', async () => {
    const { engine, events, reads } = await answered();
    reads.length = 0;
    expect(tokens(await engine.effectsOf('job/j', events))).toEqual(expected);
    expect(reads.filter((from) => from === 1)).toHaveLength(1);
  });
});
