import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { graphHash } from '../../../../lib/core/dag/hash';
import { createEngine } from '../../../../lib/core/engine/engine';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { RepriseError } from '../../../../lib/core/errors';
import { jobAt } from '../../../../lib/core/messages/address';
import type { JobMessage } from '../../../../lib/core/messages/job';
import { graph, node } from '../../../support/job-driver';

const GRAPH = graph([node('a')]);
const SUBMIT: JobMessage = {
  ...{ type: 'submit', graphHash: graphHash(GRAPH), owner: 'ana', priority: 'normal', pool: 'p' },
};

/** A journal without the job, as it never was or as its seal has expired; or one with its seal, which says so. */
function without({ sealed, known }: { readonly sealed: boolean; readonly known: boolean }) {
  const journal = createMemoryJournalStore();
  let isRemoved = !known;
  const read: typeof journal.read = (stream, from) => {
    if (sealed && isRemoved) throw new RepriseError('JOB_NOT_FOUND', `${stream} was archived and removed`);
    return journal.read(stream, from);
  };
  const random = () => 0;
  const kept = { ...journal, read };
  const engine = createEngine(
    { ...{ journal: kept, random }, clock: () => 5, perform: async () => undefined },
    createKinds({
      ...{ journal: kept, random, conditions: memoryConditions },
      graphs: { get: async () => GRAPH },
    }),
  );
  const tell = (...messages: JobMessage[]) =>
    engine.handle(
      jobAt('j'),
      messages.map((message, i) => ({ id: `m${i}`, actor: { kind: 'workflow' as const, id: 'w' }, message })),
    );
  async function remove(): Promise<void> {
    if (known) await tell(SUBMIT);
    (journal.streams as Map<string, unknown>).delete('job/j');
    isRemoved = true;
  }
  return { journal, tell, remove };
}

const GONE = [
  ['that was never there', { sealed: false, known: false }],
  ['that was sealed before this process began', { sealed: true, known: false }],
  ['that was sealed while this process held it', { sealed: true, known: true }],
] as const;
const WORDS: JobMessage[] = [
  { type: 'nodeEntered', nodeId: 'a', token: 't' },
  { type: 'allEntered', token: 't' },
  { type: 'outcomeAwaited', token: 't' },
  { type: 'workflowEnded', status: 'failed', reason: 'r' },
  { type: 'cancel', reason: 'r' },
  { type: 'retry', nodes: ['a'], reason: 'r', order: 'letter/g/7' },
];

describe.each(GONE)('a job %s', (_, how) => {
  it.each(WORDS.map((message) => [message.type, message] as const))(
    'does not come to be by %s, which is no poisoned message',
    async (_type, message) => {
      const { journal, tell, remove } = without(how);
      await remove();
      expect(await tell(message, message)).toEqual([]);
      expect([...journal.streams]).toEqual([]);
    },
  );

  it('is missed where somebody asks for something to be done', async () => {
    const { journal, tell, remove } = without(how);
    await remove();
    await expect(tell({ type: 'resume', reason: 'r' })).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    expect([...journal.streams]).toEqual([]);
  });
});
