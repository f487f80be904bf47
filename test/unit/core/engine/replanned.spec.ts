import { memoryConditions } from '../../../../lib/adapters/memory/conditions';
import { createMemoryHistory } from '../../../../lib/adapters/memory/history';
import { createMemoryJournalStore } from '../../../../lib/adapters/memory/journal-store';
import { createMemorySnapshotStore } from '../../../../lib/adapters/memory/snapshot-store';
import type { Graph } from '../../../../lib/core/dag/graph';
import { graphHash } from '../../../../lib/core/dag/hash';
import { createEngine } from '../../../../lib/core/engine/engine';
import { createKinds } from '../../../../lib/core/engine/kinds';
import { learnFrom } from '../../../../lib/core/engine/learning';
import { planOfResume } from '../../../../lib/core/engine/resume-plan-of';
import { RepriseError } from '../../../../lib/core/errors';
import type { HistoryUpdate } from '../../../../lib/core/history/samples';
import { freezeJob, JOB_FOLD } from '../../../../lib/core/job/snapshot';
import { jobAt } from '../../../../lib/core/messages/address';
import type { JobMessage } from '../../../../lib/core/messages/job';
import { graph, node } from '../../../support/job-driver';

const FIRST = graph([
  node('a'),
  node('b', { needs: ['a'] }),
  node('c', { needs: ['b'], trigger: 'all_done' }),
]);
const NEXT = graph([
  node('extra'),
  node('a'),
  node('b', { needs: ['a', 'extra'] }),
  node('c', { needs: ['b'], trigger: 'all_done' }),
]);
const JOB = jobAt('j');
const ana = { kind: 'user', id: 'ana' } as const;

/** What outlives a process: journal, snapshots and graphs. */
function world() {
  const journal = createMemoryJournalStore();
  const snapshots = createMemorySnapshotStore();
  const known = new Map<string, Graph>([FIRST, NEXT].map((each) => [graphHash(each), each]));
  const graphs = {
    async get(hash: string) {
      const found = known.get(hash);
      if (!found) throw new RepriseError('GRAPH_NOT_FOUND', hash);
      return found;
    },
  };
  const deps = { journal, graphs, random: () => 0, conditions: memoryConditions };
  const boot = (soleWriter = false) =>
    createEngine(
      { ...deps, snapshots, clock: () => 5, perform: async () => undefined, soleWriter },
      createKinds(deps),
    );
  return { journal, snapshots, graphs, boot };
}

type Process = ReturnType<ReturnType<typeof world>['boot']>;

let ids = 0;
const tell = ({ handle }: Process, ...messages: JobMessage[]) =>
  handle(
    JOB,
    messages.map((message) => ({ id: `m${++ids}`, actor: ana, message })),
  );

const resumed = (from: Graph): JobMessage => ({
  type: 'resume',
  reason: 'mended',
  graphHash: graphHash(from),
});

async function ran(process: Process, nodeId: string, end: 'succeeds' | 'fails'): Promise<void> {
  const { state, index } = await process.view(JOB);
  const { attempt = 0 } = state.nodes[index.indexOf.get(nodeId) ?? -1] ?? {};
  const ref = { nodeId, attempt, durationMs: 1 };
  await tell(
    process,
    { type: 'nodeEntered', nodeId },
    end === 'succeeds'
      ? { type: 'attemptSucceeded', ...ref, outputs: { of: nodeId } }
      : { type: 'attemptFailed', ...ref, failure: { kind: 'exit', message: 'x' } },
  );
}

async function ended(process: Process): Promise<void> {
  const graphOf = { graphHash: graphHash(FIRST), owner: 'ana', priority: 'normal', pool: 'p' } as const;
  await tell(process, { type: 'submit', ...graphOf }, { type: 'admit' });
  for (const { id } of FIRST.nodes) await tell(process, { type: 'nodeEntered', nodeId: id });
  await ran(process, 'a', 'succeeds');
  await ran(process, 'b', 'fails');
  await ran(process, 'c', 'succeeds');
}

describe('a job whose graph has changed', () => {
  it.each([false, true])('goes on in the process that changed it, sole writer: %s', async (soleWriter) => {
    const process = world().boot(soleWriter);
    await ended(process);
    await tell(process, resumed(NEXT));
    const { index, state } = await process.view(JOB);
    expect(index.graph).toBe(NEXT);
    expect(state).toMatchObject({ status: 'running', remaining: 3, run: 2 });
    for (const id of ['extra', 'b', 'c']) await tell(process, { type: 'nodeEntered', nodeId: id });
    for (const id of ['extra', 'b', 'c']) await ran(process, id, 'succeeds');
    expect((await process.view(JOB)).state.status).toBe('succeeded');
  });

  it('is read by another process from the journal, and from a snapshot, to the same fold', async () => {
    const { snapshots, boot } = world();
    const process = boot();
    await ended(process);
    await tell(process, resumed(NEXT));
    const { state, head, traceId = '' } = await process.view(JOB);
    const frozen = freezeJob(state);
    const replayed = await boot().view(JOB);
    expect([freezeJob(replayed.state), replayed.index.hash]).toEqual([frozen, graphHash(NEXT)]);
    const copy = JSON.parse(JSON.stringify(frozen));
    await snapshots.save('job/j', { head, fold: JOB_FOLD, traceId, state: copy });
    const thawed = await boot().view(JOB);
    expect([freezeJob(thawed.state), thawed.index.hash]).toEqual([frozen, graphHash(NEXT)]);
  });

  it('is caught up with by a process that holds the fold of before, and by one that decides at the same time', async () => {
    const { boot } = world();
    const [one, other] = [boot(), boot()];
    await ended(one);
    await other.view(JOB);
    await tell(one, resumed(NEXT));
    await tell(other, { type: 'nodeEntered', nodeId: 'extra' });
    expect((await other.view(JOB)).index.hash).toBe(graphHash(NEXT));
    await Promise.all([ran(one, 'extra', 'succeeds'), tell(other, { type: 'nodeEntered', nodeId: 'b' })]);
    for (const process of [one, other]) {
      const { state, index } = await process.view(JOB);
      expect(state.nodes[index.indexOf.get('b') ?? -1]?.phase).toBe('ready');
    }
  });

  it('asks the workflow for what its events of before required, once each and no more', async () => {
    const { journal, boot } = world();
    const process = boot();
    await ended(process);
    await tell(process, resumed(NEXT));
    const effects = await process.effectsOf('job/j', journal.streams.get('job/j') ?? []);
    const starts = effects.filter(({ kind }) => kind === 'startWorkflow');
    expect(starts).toMatchObject([{ graphHash: graphHash(NEXT), run: 2 }]);
    // What is over is not handed out again.
    const offers = effects.filter(
      (effect) => effect.kind === 'send' && effect.message.type === 'workOffered',
    );
    expect(offers).toEqual([]);
  });

  it('is not resumed over a graph that nobody has kept', async () => {
    const process = world().boot();
    await ended(process);
    const unknown: JobMessage = { type: 'resume', reason: 'x', graphHash: 'f'.repeat(64) };
    await expect(tell(process, unknown)).rejects.toMatchObject({ code: 'GRAPH_NOT_FOUND' });
  });

  it('teaches of attempts over both graphs what they were given', async () => {
    const { journal, graphs, boot } = world();
    const process = boot();
    await ended(process);
    await tell(process, resumed(NEXT));
    for (const id of ['extra', 'b', 'c']) await tell(process, { type: 'nodeEntered', nodeId: id });
    for (const id of ['extra', 'b', 'c']) await ran(process, id, 'succeeds');
    const learnt: HistoryUpdate[] = [];
    const learn = async (update: HistoryUpdate) => void learnt.push(update);
    await learnFrom({ journal, graphs, history: { ...createMemoryHistory(), learn } }, 'j');
    const attempts =
      learnt[0]?.attempts.map(({ nodeId, attempt, input }) => ({ nodeId, attempt, input })) ?? [];
    expect(attempts.map(({ nodeId, attempt }) => `${nodeId}/${attempt}`)).toEqual([
      'a/1',
      'b/1',
      'c/1',
      'extra/1',
      'b/2',
      'c/2',
    ]);
    const inputOf = (nodeId: string, attempt: number) =>
      attempts.find((each) => each.nodeId === nodeId && each.attempt === attempt)?.input;
    expect(inputOf('b', 1)).not.toBe(inputOf('b', 2));
    expect(inputOf('extra', 1)).toEqual(expect.any(String));
  });
});

describe('what a resume over another graph would run', () => {
  it('is what was given something else: what it needs has run again since, and ended otherwise', async () => {
    const { journal, graphs, boot } = world();
    const process = boot();
    await ended(process);
    await tell(process, { type: 'retry', reason: 'flaky', nodes: ['b'] });
    await ran(process, 'b', 'succeeds');
    const job = { jobId: 'j', ...(await process.view(JOB)) };
    expect(job.state.status).toBe('succeeded');
    const longer = { ...FIRST, nodes: FIRST.nodes.map((each) => ({ ...each, durationMs: 9 })) };
    const all = {
      journal,
      graphs: { get: async (hash: string) => (hash === graphHash(longer) ? longer : graphs.get(hash)) },
    };
    const plan = await planOfResume(all, job, { graphHash: graphHash(longer) });
    expect(plan.nodes.map(({ nodeId, why }) => `${nodeId} ${why}`)).toEqual(['a kept', 'b kept', 'c input']);
  });
});
