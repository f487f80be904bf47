import { createS3GraphStore } from '../../lib/adapters/aws/bucket/graph-store';
import { createJsonObjects } from '../../lib/adapters/aws/bucket/json-objects';
import { createS3SnapshotStore } from '../../lib/adapters/aws/bucket/snapshot-store';
import { createDynamoHistory } from '../../lib/adapters/aws/table/history';
import { createDynamoJournalStore } from '../../lib/adapters/aws/table/journal-store';
import { memoryConditions } from '../../lib/adapters/memory/conditions';
import { SYSTEM } from '../../lib/adapters/system';
import { graphHash } from '../../lib/core/dag/hash';
import { createEngine } from '../../lib/core/engine/engine';
import { createFastPath } from '../../lib/core/engine/fast-path';
import { durationsFrom } from '../../lib/core/engine/graph-indexes';
import { SNAPSHOT_EVERY } from '../../lib/core/engine/held-folds';
import { createKinds } from '../../lib/core/engine/kinds';
import { learnFrom } from '../../lib/core/engine/learning';
import { isRepriseError } from '../../lib/core/errors';
import { freezeJob, JOB_FOLD } from '../../lib/core/job/snapshot';
import { verifyChain } from '../../lib/core/journal/verify';
import { jobAt } from '../../lib/core/messages/address';
import type { MessageEnvelope } from '../../lib/core/messages/envelope';
import type { JobMessage } from '../../lib/core/messages/job';
import type { EffectPorts } from '../../lib/core/ports/effects';
import { graph, node } from '../support/job-driver';
import { createBucket, createTable, startTestCloud, type TestCloud } from '../support/ministack';

const NODES = 150;
const wide = graph(Array.from({ length: NODES }, (_, i) => node(`n${i}`)));
const log = { info: () => {}, warn: () => {}, error: () => {} };
const nothing = async () => {};
const ports: EffectPorts = {
  streams: { send: nothing },
  sources: { arm: nothing },
  submissions: { submit: nothing },
  timers: { schedule: nothing },
  workflow: { start: nothing, answerNode: nothing, answerOutcome: nothing, stop: nothing },
  dispatcher: { dispatch: nothing, cancel: nothing },
  publisher: { publish: nothing },
  letterBox: { post: nothing, release: nothing },
  notifier: { deliver: nothing },
  history: { correct: nothing },
};

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

/** Opens engines as separate processes would: what one holds in memory the other does not see. */
async function world() {
  const { client, tableName } = await createTable(cloud);
  const { client: s3, bucket } = await createBucket(cloud);
  const journal = createDynamoJournalStore(client, tableName, SYSTEM);
  const objects = createJsonObjects(s3, bucket);
  const snapshots = createS3SnapshotStore(objects, log);
  const { random } = SYSTEM;
  const graphs = createS3GraphStore(objects);
  const history = createDynamoHistory(client, tableName, SYSTEM);
  /** @param readFrom gets where the engine began to read a stream. */
  const open = (readFrom: number[] = [], perform = createFastPath({ ports, journal, log })) =>
    createEngine(
      {
        journal: {
          ...journal,
          read(stream, fromSeq = 1) {
            readFrom.push(fromSeq);
            return journal.read(stream, fromSeq);
          },
        },
        snapshots,
        random,
        clock: Date.now,
        perform,
      },
      createKinds({
        ...{ conditions: memoryConditions, journal, random, graphs },
        durationsOf: durationsFrom(history),
      }),
    );
  await graphs.put(graphHash(wide), wide);
  return { journal, snapshots, graphs, history, open };
}
type World = Awaited<ReturnType<typeof world>>;
const J = jobAt('j');

let ids = 0;
const envelope = (message: JobMessage): MessageEnvelope<JobMessage> => ({
  id: `m${++ids}`,
  actor: { kind: 'engine', id: 'test' },
  message,
});
const submission: JobMessage = {
  type: 'submit',
  graphHash: graphHash(wide),
  owner: 'ana',
  priority: 'normal',
  pool: 'default',
};

describe('the engine over DynamoDB and S3', () => {
  it('runs a job in batches, and another process comes to the same state from snapshot and journal', async () => {
    const { journal, snapshots, open } = await world();
    const engine = open();
    await engine.handle(J, [envelope(submission), envelope({ type: 'admit' })]);
    const messages = wide.nodes.flatMap(({ id: nodeId }): JobMessage[] => [
      { type: 'nodeEntered', nodeId, token: 't' },
      { type: 'attemptStarted', nodeId, attempt: 1, workerId: 'w' },
      { type: 'attemptSucceeded', nodeId, attempt: 1, durationMs: 1, outputs: { n: 1.5 } },
    ]);
    for (let i = 0; i < messages.length; i += 10) {
      await engine.handle(J, messages.slice(i, i + 10).map(envelope));
    }
    const here = await engine.view(J);
    expect(here.state.status).toBe('succeeded');
    expect(here.head.seq).toBe(2 + 5 * NODES + 1);
    const readFrom: number[] = [];
    const there = await open(readFrom).view(J);
    const snapshot = await snapshots.load('job/j');
    expect(snapshot?.fold).toBe(JOB_FOLD);
    expect(snapshot?.head.seq).toBeGreaterThanOrEqual(SNAPSHOT_EVERY);
    expect(readFrom).toEqual([(snapshot?.head.seq ?? 0) + 1]);
    expect(freezeJob(there.state)).toStrictEqual(freezeJob(here.state));
    expect(await verifyChain(journal.written('job/j'), 'job/j', here.head)).toMatchObject({ valid: true });
    expect(await journal.confirmed('job/j')).toBe(here.head.seq);
  });

  it('ranks a job by what an earlier one took, whichever process learned it', async () => {
    const { journal, graphs, history, open } = await world();
    const first = open();
    await first.handle(J, [envelope(submission), envelope({ type: 'admit' })]);
    await first.handle(J, [
      envelope({ type: 'nodeEntered', nodeId: 'n0', token: 't' }),
      envelope({ type: 'attemptSucceeded', nodeId: 'n0', attempt: 1, durationMs: 1_234, outputs: {} }),
    ]);
    await learnFrom({ journal, graphs, history }, 'j');
    const ranks: number[] = [];
    const second = open([], async (effects) => {
      for (const effect of effects) {
        if (effect.kind === 'send' && effect.message.type === 'workOffered')
          ranks.push(effect.message.work.rank);
      }
    });
    const K = jobAt('k');
    await second.handle(K, [envelope(submission), envelope({ type: 'admit' })]);
    await second.handle(K, [envelope({ type: 'nodeEntered', nodeId: 'n0', token: 't' })]);
    expect(ranks).toEqual([1_234]);
  });

  it('lets two processes decide for one job at the same time, and decides nothing twice', async () => {
    const { journal, open } = await world();
    const [one, two] = [open(), open()];
    await one.handle(J, [envelope(submission), envelope({ type: 'admit' })]);
    const enter = async (engine: ReturnType<World['open']>, nodes: typeof wide.nodes) => {
      for (const { id } of nodes) {
        const message = envelope({ type: 'nodeEntered', nodeId: id });
        // What loses too often goes back to its queue and comes again.
        for (let lost = true; lost; ) {
          lost = await engine.handle(J, [message]).then(
            () => false,
            (error) => isRepriseError(error, 'VERSION_CONFLICT') || Promise.reject(error),
          );
        }
      }
    };
    await Promise.all([enter(one, wide.nodes.slice(0, 20)), enter(two, wide.nodes.slice(10, 30))]);
    const entered: string[] = [];
    for await (const event of journal.read('job/j')) {
      if (event.type === 'node.entered') entered.push((event.data as { nodeId: string }).nodeId);
    }
    expect(entered.sort()).toEqual(
      wide.nodes
        .slice(0, 30)
        .map(({ id }) => id)
        .sort(),
    );
    expect(await verifyChain(journal.written('job/j'), 'job/j')).toMatchObject({ valid: true });
  });
});
