import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { createMemorySnapshotStore } from '../../../../lib/adapters/memory/snapshot-store';
import { DEPENDENCY_FOLD, dependencySnapshotSchema } from '../../../../lib/core/dependency/snapshot';
import { LETTER_FOLD, letterSnapshotSchema } from '../../../../lib/core/dlq/snapshot';
import { createEngine } from '../../../../lib/core/engine/engine';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { JOB_FOLD, jobSnapshotSchema } from '../../../../lib/core/job/snapshot';
import { poolAt } from '../../../../lib/core/messages/address';
import { TARGET_FOLD, targetSnapshotSchema } from '../../../../lib/core/notify/snapshot';
import { POOL_FOLD, poolSnapshotSchema } from '../../../../lib/core/scheduler/snapshot';
import { TRIGGER_FOLD, triggerSnapshotSchema } from '../../../../lib/core/trigger/snapshot';

const shapeOf = (schema: z.ZodType): string =>
  createHash('sha256')
    .update(canonicalize(z.toJSONSchema(schema, { unrepresentable: 'any' })) ?? '')
    .digest('hex')
    .slice(0, 16);

describe('the fold of a kind of stream', () => {
  // Snapshots of running jobs and of pools outlive the code that wrote them.
  it.each([
    ['JOB_FOLD', JOB_FOLD, jobSnapshotSchema, 'job/11', '5b9d8c1e46fc8967'],
    ['POOL_FOLD', POOL_FOLD, poolSnapshotSchema, 'pool/10', 'e0caa72eb8b20376'],
    ['DEPENDENCY_FOLD', DEPENDENCY_FOLD, dependencySnapshotSchema, 'dependency/2', 'a716092803332c85'],
    ['LETTER_FOLD', LETTER_FOLD, letterSnapshotSchema, 'letter/2', 'fd4a4276dd22d429'],
    ['TARGET_FOLD', TARGET_FOLD, targetSnapshotSchema, 'target/2', '2d593feb70c9152f'],
    ['TRIGGER_FOLD', TRIGGER_FOLD, triggerSnapshotSchema, 'trigger/2', 'fb43053b27330b89'],
  ])(
    'has another number where it has another shape: raise %s and note both here',
    (_, fold, schema, name, shape) => {
      expect([fold, shapeOf(schema)]).toEqual([name, shape]);
    },
  );
});

describe('a snapshot', () => {
  const at = poolAt('p');
  const stream = 'pool/p';
  const registered = {
    type: 'workerRegistered',
    worker: { workerId: 'w', labels: ['linux'], slots: 2 },
  } as const;

  async function reloaded(tamper: (frozen: Record<string, unknown>) => { fold?: string; state?: unknown }) {
    const journal = createMemoryJournalStore();
    const snapshots = createMemorySnapshotStore();
    const loads: string[] = [];
    const boot = () => {
      const counted = {
        ...journal,
        read(name: string, from = 1) {
          loads.push(`from ${from}`);
          return journal.read(name, from);
        },
      };
      const graphs = { get: () => Promise.reject(new Error('no pool has a graph')) };
      const random = () => 0;
      return createEngine(
        { journal: counted, snapshots, random, clock: () => 5, perform: async () => undefined },
        createKinds({ conditions: memoryConditions, journal: counted, random, graphs }),
      );
    };
    const actor = { kind: 'worker', id: 'w' } as const;
    await boot().handle(at, [{ id: 'm1', actor, message: registered }]);
    const { state, head, traceId = '' } = await boot().view(at);
    const kinds = createKinds({
      conditions: memoryConditions,
      journal,
      random: () => 0,
      graphs: { get: () => Promise.reject(new Error()) },
    });
    const frozen = JSON.parse(JSON.stringify(kinds.pool.fold.freeze(state)));
    const given = { head, traceId, fold: kinds.pool.fold.name, state: frozen, ...tamper(frozen) };
    await snapshots.save(stream, given);
    loads.length = 0;
    const again = await boot().view(at);
    return { workers: [...again.state.workers.keys()], loads };
  }

  it('spares the reading of what it holds', async () => {
    expect(await reloaded(() => ({}))).toEqual({ workers: ['w'], loads: ['from 2'] });
  });

  it('of another fold counts as none', async () => {
    expect(await reloaded(() => ({ fold: 'pool/0' }))).toEqual({ workers: ['w'], loads: ['from 1'] });
  });

  it.each([
    ['lacks a member', ({ fence: _, ...rest }: Record<string, unknown>) => ({ state: rest })],
    [
      'has one of another type',
      (frozen: Record<string, unknown>) => ({ state: { ...frozen, fence: 'three' } }),
    ],
    ['is no object', () => ({ state: 'pool' })],
  ])('that %s counts as none', async (_, tamper) => {
    expect(await reloaded(tamper)).toEqual({ workers: ['w'], loads: ['from 1'] });
  });
});
