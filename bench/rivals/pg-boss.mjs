/**
 * Jobs that do nothing, on pg-boss.
 * Arguments: `insert` or `send`, jobs, how many at a time, database. Prints `{ ms, submitMs }`.
 *
 * - `insert` submits them all by one statement, `send` each by its own, so many at a time.
 * - One worker takes them in batches, and asks for the next at once (`notifyWorker`) while there are any: polling,
 *   every half second at most, would bound it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import PgBoss from 'pg-boss';

const [mode, jobsText, atOnceText, databaseUrl] = process.argv.slice(2);
const [jobs, atOnce] = [Number(jobsText), Number(atOnceText)];
const WARM_UP = 200;
const QUEUE = 'bench';
let handled = 0;

const boss = new PgBoss({ connectionString: databaseUrl, max: 20 });
boss.on('error', (error) => {
  throw error;
});
await boss.start();
await boss.createQueue(QUEUE);
const worker = await boss.work(QUEUE, { batchSize: atOnce, pollingIntervalSeconds: 0.5 }, async (batch) => {
  handled += batch.length;
  boss.notifyWorker(worker);
});
await run(WARM_UP);
const figures = await run(jobs);
const done = await completed();
if (done !== WARM_UP + jobs || handled !== done)
  throw new Error(`${done} jobs are completed, ${handled} handled`);
console.log(JSON.stringify(figures));
await boss.stop({ graceful: false });

async function run(count) {
  const begun = performance.now();
  const goal = handled + count;
  if (mode === 'insert') {
    await boss.insert(Array.from({ length: count }, () => ({ name: QUEUE })));
    boss.notifyWorker(worker);
  } else {
    let next = 0;
    const lane = async () => {
      while (next++ < count) {
        await boss.send(QUEUE, {});
        boss.notifyWorker(worker);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  }
  const submitMs = performance.now() - begun;
  while (handled < goal) await sleep(5);
  // The worker does not wait for the commit of a completion.
  while ((await completed()) < goal) await sleep(5);
  return { ms: performance.now() - begun, submitMs };
}

async function completed() {
  const { rows } = await boss
    .getDb()
    .executeSql(`select count(*)::int as n from pgboss.job where name = $1 and state = 'completed'`, [QUEUE]);
  return rows[0].n;
}
