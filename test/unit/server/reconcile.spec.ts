import { graphHash } from '../../../lib/core/dag/hash';
import { jobAt } from '../../../lib/core/messages/address';
import type { OnReport } from '../../../lib/core/ports/execution';
import { reconcileAgainAndAgain } from '../../../lib/server/reconcile';
import { createServedWorld, OWNER, pause, until } from './support/served-world';

describe('a daemon', () => {
  it('finds a lost report in its next turn, says so, and the job comes to its end', async () => {
    const world = createServedWorld();
    let losses = 0;
    const executorOf = world.machine.executor;
    const losing = (onReport: OnReport) =>
      executorOf((ref, report) => {
        if (report.type === 'succeeded' && losses++ === 0) return;
        onReport(ref, report);
      });
    const { engine, end } = await world.boot({ executor: losing });
    const warnings: string[] = [];
    const stop = reconcileAgainAndAgain({
      ...{ engine, setTimer: world.time.setTimer, warn: (message) => void warnings.push(message) },
    });
    await engine.graphs.put(graphHash(world.graph), world.graph);
    await engine.submit(
      'j1',
      { graphHash: graphHash(world.graph), owner: OWNER, priority: 'normal', pool: 'default' },
      { requestId: 'r1', traceId: 't1', actor: { kind: 'user', id: OWNER } },
    );
    await until(
      () => losses > 0,
      () => world.time.advance(1_000),
    );
    await pause();
    expect((await engine.streams.view(jobAt('j1'))).state.status).toBe('running');
    await until(
      async () => (await engine.lists.jobs.get('j1')).status === 'succeeded',
      () => world.time.advance(5_000),
    );
    const stopped = stop();
    await world.time.advance(1_000);
    await stopped;
    await end();
    expect(warnings).toEqual([expect.stringMatching(/^repaired: .*"kind":"callbackLost".*"jobId":"j1"/)]);
  });
});
