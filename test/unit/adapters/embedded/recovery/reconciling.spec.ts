import type { MemoryMachine } from '../../../../../lib/adapters/memory/machine';
import type { Subject } from '../../../../../lib/core/engine/reconciler';
import { outcomeOf } from '../../../../../lib/core/job/state';
import type { AttemptReport } from '../../../../../lib/core/messages/report';
import { graph, node } from '../../../../support/job-driver';
import { createEmbeddedWorld, type EmbeddedWorld, JOB } from '../runtime/support/embedded-world';

const job: readonly Subject[] = [{ kind: 'job', id: JOB, thorough: true }];
const shop = graph([node('a'), node('b', { needs: ['a'] })]);

/** A machine whose reports of this type get lost. */
function losing(machine: MemoryMachine, type: AttemptReport['type']): MemoryMachine['executor'] {
  return (onReport) =>
    machine.executor((ref, report) => {
      if (report.type !== type) onReport(ref, report);
    });
}

async function reconciled(world: EmbeddedWorld, runtime: ReturnType<EmbeddedWorld['boot']>, graceMs = 0) {
  const reconciler = runtime.reconciler({ graceMs, streams: runtime, warn: () => undefined });
  const repairs = reconciler.reconcile(job);
  await world.settle();
  await world.time.advance(1_000);
  await world.settle();
  return (await repairs).map(({ kind, subject: { nodeId } }) => [kind, nodeId]);
}

describe('the reconciler of one process', () => {
  it('tells the job how an attempt ended whose report got lost', async () => {
    const world = createEmbeddedWorld(() => ({ ms: 500, end: 'succeeded', outputs: { x: 1 } }));
    const runtime = world.boot({ executor: losing(world.machine, 'succeeded') });
    await runtime.submit(JOB, { graph: shop, owner: 'ana', priority: 'normal' });
    await world.settle();
    await world.time.advance(60_000);
    expect((await runtime.view({ kind: 'job', id: JOB })).state.nodes[0]?.phase).toBe('running');
    expect(await reconciled(world, runtime)).toEqual([['callbackLost', 'a']]);
    await world.time.advance(60_000);
    expect(await reconciled(world, runtime)).toEqual([['callbackLost', 'b']]);
    const { state } = await runtime.view({ kind: 'job', id: JOB });
    expect([state.status, ...state.nodes.map(outcomeOf)]).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(state.nodes[0]?.outputs).toEqual({ x: 1 });
    expect([...world.machine.starts.values()]).toEqual([1, 1]);
    const causes = (await world.events()).filter(({ type }) => type === 'attempt.succeeded');
    expect(causes.map(({ actor, causeId }) => [actor.id, causeId.split('/')[1]])).toEqual([
      ['reconciler', 'callbackLost'],
      ['reconciler', 'callbackLost'],
    ]);
  });

  it('leaves a job alone in which all is as it should be, and one whose facts are young', async () => {
    const world = createEmbeddedWorld(() => ({ ms: 5_000, end: 'succeeded' }));
    const runtime = world.boot({ executor: losing(world.machine, 'succeeded') });
    await runtime.submit(JOB, { graph: shop, owner: 'ana', priority: 'normal' });
    await world.settle();
    await world.time.advance(2_000);
    expect(await reconciled(world, runtime)).toEqual([]);
    await world.time.advance(10_000);
    expect(await reconciled(world, runtime, 20_000)).toEqual([]);
    expect(await reconciled(world, runtime, 10_000)).toEqual([['callbackLost', 'a']]);
  });
});
