import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryHistory } from '../../../../lib/adapters/memory/history';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { createEngine } from '../../../../lib/core/engine/engine';
import { evidenceFrom } from '../../../../lib/core/engine/history-evidence';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { learnFrom } from '../../../../lib/core/engine/learning';
import { performEffect } from '../../../../lib/core/engine/perform';
import { nodeHash } from '../../../../lib/core/history/durations';
import type { JobEvent } from '../../../../lib/core/job/events';
import type { Recorded } from '../../../../lib/core/journal/envelope';
import { jobAt, streamOf } from '../../../../lib/core/messages/address';
import type { JobMessage } from '../../../../lib/core/messages/job';
import type { Diagnosis, Failure } from '../../../../lib/core/model/failure';
import type { EffectPorts } from '../../../../lib/core/ports/effects';
import { graph, node, retrying } from '../../../support/job-driver';

const SIGNATURE = 'c'.repeat(16);
const spec = node('a', { ...retrying(2), slots: 3 });
const twoNodes = graph([spec, node('b', { needs: ['a'] })]);
const graphs = { get: async () => twoNodes };

const diagnose = (_: Failure): Diagnosis => ({
  ...{ class: 'network', confidence: 0.9, signature: SIGNATURE, by: 'model', why: 'ECONNREFUSED' },
});

/** An engine over a history; effects that are none of the history's are of no interest here. */
function world(history = createMemoryHistory()) {
  const journal = createMemoryJournalStore();
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message) };
  const evidenceOf = evidenceFrom({ history, log });
  const kinds = createKinds({
    ...{ journal, graphs, random: () => 0.5, conditions: memoryConditions, diagnose, evidenceOf },
  });
  let now = 1_000;
  const engine = createEngine(
    {
      ...{ journal, clock: () => now, random: () => 0.5 },
      async perform(effects) {
        for (const effect of effects) {
          if (effect.kind === 'correct') await performEffect({ history } as unknown as EffectPorts, effect);
        }
      },
    },
    kinds,
  );
  let messages = 0;
  async function tell(jobId: string, message: JobMessage): Promise<readonly Recorded<JobEvent>[]> {
    now += 100;
    messages += 1;
    const origin = { id: `m${messages}`, actor: { kind: 'user', id: 'ana' } as const };
    return (await engine.handle(jobAt(jobId), [{ ...origin, message }])) as readonly Recorded<JobEvent>[];
  }
  async function begin(jobId: string): Promise<void> {
    const pool = { priority: 'normal', pool: 'default' } as const;
    await tell(jobId, { type: 'submit', graphHash: 'h', owner: 'ana', ...pool, parameters: { commit: 'x' } });
    await tell(jobId, { type: 'admit' });
    for (const nodeId of ['a', 'b']) await tell(jobId, { type: 'nodeEntered', nodeId });
  }
  const failed = (attempt: number, nodeId = 'a'): JobMessage => ({
    ...{ type: 'attemptFailed', nodeId, attempt, durationMs: 50 },
    failure: { kind: 'exit', message: 'connect ECONNREFUSED' },
  });
  const succeeded = (attempt: number, nodeId = 'a'): JobMessage => ({
    ...{ type: 'attemptSucceeded', nodeId, attempt, durationMs: 70, outputs: { url: 'u' } },
  });
  const due = (attempt: number): JobMessage => ({ type: 'timerDue', nodeId: 'a', attempt });
  async function runOnce(jobId: string): Promise<void> {
    await begin(jobId);
    for (const message of [failed(1), due(2), succeeded(2), succeeded(1, 'b')]) await tell(jobId, message);
    await learnFrom({ journal, graphs, history }, jobId);
  }
  return { history, journal, warnings, tell, begin, failed, succeeded, runOnce };
}

describe('what is learned from a job', () => {
  it('is how each attempt ended, and what its retry came to', async () => {
    const { history, runOnce } = world();
    await runOnce('j1');
    const window = await history.ofNode('ana', nodeHash(spec));
    expect(window.map(({ attempt, passed, durationMs }) => [attempt, passed, durationMs])).toEqual([
      [2, true, 70],
      [1, false, 50],
    ]);
    expect(new Set(window.map(({ input }) => input)).size).toBe(1);
    expect(await history.ofSignature(SIGNATURE)).toEqual([
      {
        ...{ class: 'network', strategy: 'again', attempts: 1, resolved: 1 },
        ...{ waitedMs: 100, spentMs: 70, slotMs: 210 },
      },
    ]);
  });

  it('is the same however often its end is told', async () => {
    const { history, journal, runOnce } = world();
    await runOnce('j1');
    for (let i = 0; i < 2; i++) await learnFrom({ journal, graphs, history }, 'j1');
    expect(await history.ofNode('ana', nodeHash(spec))).toHaveLength(2);
    expect(await history.ofSignature(SIGNATURE)).toMatchObject([{ attempts: 1 }]);
  });

  it('is nothing of a job that nobody submitted', async () => {
    const { history, journal } = world();
    await learnFrom({ journal, graphs, history }, 'nobody');
    expect(await history.failures('ana')).toEqual([]);
  });

  it('leaves out attempts that somebody ended', async () => {
    const { history, journal, tell, begin } = world();
    await begin('j1');
    await tell('j1', { type: 'attemptStarted', nodeId: 'a', attempt: 1, workerId: 'w' });
    await tell('j1', { type: 'cancel', reason: 'enough' });
    const failure = { kind: 'cancelled', message: 'enough' } as const;
    await tell('j1', { type: 'attemptFailed', nodeId: 'a', attempt: 1, durationMs: 5, failure });
    await learnFrom({ journal, graphs, history }, 'j1');
    expect(await history.ofNode('ana', nodeHash(spec))).toEqual([]);
  });
});

describe('a failed attempt', () => {
  it('is journalled with its diagnosis, so that a replay needs no classifier', async () => {
    const { tell, begin, failed } = world();
    await begin('j1');
    const [event] = await tell('j1', failed(1));
    expect(event).toMatchObject({
      type: 'attempt.failed',
      data: { diagnosis: { class: 'network', by: 'model' } },
    });
  });

  it('is judged by what a person has said of its signature, from then on', async () => {
    const { history, tell, begin, failed, runOnce } = world();
    await runOnce('j1');
    const said = { class: 'assertion', reason: 'a real bug', by: 'ana', askedAt: 5 } as const;
    const events = await tell('j1', { type: 'reclassify', nodeId: 'a', attempt: 1, ...said });
    expect(events).toMatchObject([
      { type: 'attempt.reclassified', data: { signature: SIGNATURE, before: 'network', class: 'assertion' } },
    ]);
    expect(await history.correctionOf(SIGNATURE, 'bob')).toBeUndefined();
    await begin('j2');
    const [event] = await tell('j2', failed(1));
    expect(event).toMatchObject({ data: { diagnosis: { class: 'assertion', by: 'person', confidence: 1 } } });
  });

  it('that never was cannot be spoken of', async () => {
    const { tell, runOnce } = world();
    await runOnce('j1');
    const said = { class: 'assertion', reason: 'r', by: 'ana', askedAt: 5 } as const;
    expect(await tell('j1', { type: 'reclassify', nodeId: 'a', attempt: 2, ...said })).toEqual([]);
  });

  it('is decided without a history that cannot be read, and that is logged', async () => {
    const broken = {
      ...createMemoryHistory(),
      ofNode: () => Promise.reject(new Error('the table is gone')),
    };
    const { tell, begin, failed, warnings } = world(broken);
    await begin('j1');
    const events = await tell('j1', failed(1));
    expect(events.map(({ type }) => type)).toEqual(['attempt.failed', 'node.retryScheduled']);
    expect(warnings).toEqual([expect.stringContaining('judged without it')]);
  });

  it('ends its node with a warning where the node is quarantined, and its journal needs no history to say so', async () => {
    const { history, journal, tell, begin, failed } = world();
    await history.quarantine('ana', {
      ...{ id: nodeHash(spec), of: 'node', name: 'a', owner: 'team', reason: 'races', by: 'ana' },
      ...{ createdAt: 0, expiresAt: 100_000 },
    });
    await begin('j1');
    await tell('j1', failed(1));
    await tell('j1', { type: 'timerDue', nodeId: 'a', attempt: 2 });
    await tell('j1', failed(2));
    const types: string[] = [];
    for await (const event of journal.read(streamOf(jobAt('j1')))) {
      const { type, data } = event as Recorded<JobEvent>;
      if (type === 'node.completed') types.push(`${data.nodeId} ${data.outcome} ${data.warning ?? ''}`);
    }
    expect(types).toEqual([expect.stringMatching(/^a succeeded failed, and is quarantined: node a \(team/)]);
  });
});
