import { compute } from '../../../../lib/adapters/system';
import { bottlenecksBody, capacityBody, whatIfBody } from '../../../../lib/api/views/capacity';
import { renderBottlenecks, renderCapacity, renderWhatIf } from '../../../../lib/cli/render/capacity';
import { createLoadAnswers } from '../../../../lib/core/capacity/answers';
import { machine, nodeOf, ranAs } from '../../../support/loads';

const demand = { labels: [], slots: 1, concurrency: { key: 'db', limit: 1 } };
const load = ranAs([['a', 'b', 'c', 'd'].map((id) => nodeOf(id, { minutes: 1, demand }))], [machine(4)]);
const desk = { loads: { load: async () => load }, answers: createLoadAnswers(compute) };
const query = { pool: 'default', jobs: 10 };

describe('what people read of capacity', () => {
  it('is what bounds jobs and what more of it wins, without what wins nothing', async () => {
    const text = renderBottlenecks(await bottlenecksBody(desk, query));
    expect(text).toContain('1 jobs, 4 min 00 s each on average (replayed: 0.0 %)');
    expect(text).toContain(
      'concurrency key db\n  one more at a time under the key db: 2 min 00 s shorter (50.0 %)',
    );
    expect(text).toContain('100.0 % taken, 60.0 an hour, each waits 1 min 30 s, 1.5 wait at a time');
    expect(text).not.toContain('slots of the pool');
  });

  it('is the fleet that is needed, its price, and what no fleet mends', async () => {
    const options = { at: 0, targetWaitMs: 1_000, horizonHours: 24, prices: { workerHourUsd: 0.5 } };
    const text = renderCapacity(await capacityBody(desk, { ...query, ...options }));
    expect(text).toContain('1 jobs; no whole hour is recorded yet');
    expect(text).toContain(
      'now          1 worker, 4 slots: waits 2 min 51 s, 25.0 % taken, 0.50 USD an hour',
    );
    expect(text).toContain('recommended  1 worker, 1 slot:');
    expect(text).toContain('no number of workers gets 95 in 100 attempts below 2 min 51 s');
  });

  it('is a table of what happened, its replay and the scenarios', async () => {
    const scenarios = [{ name: 'one worker', fleet: [{ labels: '*' as const, slots: 1, count: 1 }] }];
    const text = renderWhatIf(await whatIfBody(desk, query, { scenarios, worker_hour_usd: '60' }));
    const rows = text.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(rows.slice(1, 5)).toEqual([
      ['makespan', 'p95', 'wait p95', 'admission p95', 'taken', 'worker hours', 'USD'],
      ['recorded', '4 min 00 s', '4 min 00 s', '2 min 51 s', '0 ms', '25.0 %', '0.1', '4.00'],
      ['replayed', '4 min 00 s', '4 min 00 s', '2 min 51 s', '0 ms', '25.0 %', '0.1', '4.00'],
      ['one worker', '4 min 00 s', '4 min 00 s', '2 min 51 s', '0 ms', '100.0 %', '0.1', '4.00'],
    ]);
    expect(text).toContain('the replay is off by 0.0 % of the mean makespan');
  });
});
