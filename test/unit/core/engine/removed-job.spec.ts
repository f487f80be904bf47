import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { createEngine } from '../../../../lib/core/engine/engine';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { RepriseError } from '../../../../lib/core/errors';
import { jobAt } from '../../../../lib/core/messages/address';
import type { JobMessage } from '../../../../lib/core/messages/job';

/** An engine that has held nothing before, over a journal without the job. */
function cold() {
  const journal = createMemoryJournalStore();
  const get = (hash: string) => Promise.reject(new RepriseError('GRAPH_NOT_FOUND', hash));
  const random = () => 0;
  const engine = createEngine(
    { ...{ journal, random }, clock: () => 5, perform: async () => undefined },
    createKinds({ ...{ journal, random, conditions: memoryConditions }, graphs: { get } }),
  );
  const tell = (...messages: JobMessage[]) =>
    engine.handle(
      jobAt('j'),
      messages.map((message, i) => ({ id: `m${i}`, actor: { kind: 'workflow' as const, id: 'w' }, message })),
    );
  return { journal, tell };
}

describe('a job that the cleanup has removed', () => {
  const WORDS: JobMessage[] = [
    { type: 'nodeEntered', nodeId: 'a', token: 't' },
    { type: 'allEntered', token: 't' },
    { type: 'outcomeAwaited', token: 't' },
    { type: 'workflowEnded', status: 'failed', reason: 'r' },
  ];

  it.each(WORDS.map((message) => [message.type, message] as const))(
    'does not come to be by %s of a workflow that is redriven, which is no poisoned message',
    async (_, message) => {
      const { journal, tell } = cold();
      await tell(message, message);
      expect([...journal.streams]).toEqual([]);
    },
  );

  it('is missed where somebody asks for something to be done', async () => {
    const { journal, tell } = cold();
    await expect(tell({ type: 'resume', reason: 'r' })).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    expect([...journal.streams]).toEqual([]);
  });
});
