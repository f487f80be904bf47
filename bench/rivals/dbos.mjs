/**
 * Workflows of one step that does nothing, on DBOS.
 * Arguments: `direct` or `queue`, jobs, how many at a time, database. Prints `{ ms, submitMs }`.
 *
 * - `direct` starts each workflow in this process, as the programming guide does, so many at a time.
 * - `queue` enqueues them all at once; the queue lets so many run, and is polled every 10 ms instead of every second,
 *   which would bound it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';

const [mode, jobsText, atOnceText, databaseUrl] = process.argv.slice(2);
const [jobs, atOnce] = [Number(jobsText), Number(atOnceText)];
const WARM_UP = 200;
const QUEUE = 'bench';
let steps = 0;

async function step() {
  steps += 1;
}
const work = DBOS.registerWorkflow(() => DBOS.runStep(step, { name: 'step' }), { name: 'work' });

DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: databaseUrl,

  logLevel: 'error',
});
await DBOS.launch();
if (mode === 'queue') {
  await DBOS.registerQueue(QUEUE, { workerConcurrency: atOnce, minPollingIntervalMs: 10 });
}
const run = mode === 'queue' ? enqueued : direct;
await run('warm', WARM_UP);
const figures = await run('job', jobs);
await verify(WARM_UP + jobs);
console.log(JSON.stringify(figures));
await DBOS.shutdown();

async function direct(prefix, count) {
  const begun = performance.now();
  let next = 0;
  let submitMs = 0;
  const lane = async () => {
    while (next < count) {
      const workflowID = `${prefix}-${next++}`;
      const handle = await DBOS.startWorkflow(work, { workflowID })();
      submitMs = performance.now() - begun;
      await handle.getResult();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { ms: performance.now() - begun, submitMs };
}

async function enqueued(prefix, count) {
  const begun = performance.now();
  const goal = steps + count;
  let next = 0;
  const lane = async () => {
    while (next < count) {
      await DBOS.startWorkflow(work, { workflowID: `${prefix}-${next++}`, queueName: QUEUE })();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const submitMs = performance.now() - begun;
  // No handle is asked: each would poll the database. The last step of all is seen here, the last commit there.
  while (steps < goal) await sleep(5);
  while ((await succeeded(prefix)) < count) await sleep(5);
  return { ms: performance.now() - begun, submitMs };
}

async function succeeded(prefix) {
  const sql = `select count(*)::int as n from dbos.workflow_status where workflow_uuid like $1 and status = 'SUCCESS'`;
  return (await query(sql, [`${prefix}-%`])).n;
}

async function verify(expected) {
  const done = await query(`select count(*)::int as n from dbos.workflow_status where status = 'SUCCESS'`);
  const recorded = await query(
    `select count(*)::int as n from dbos.operation_outputs where function_name = 'step'`,
  );
  if (done.n !== expected || recorded.n !== expected || steps !== expected) {
    throw new Error(`${done.n} workflows, ${recorded.n} recorded steps and ${steps} steps, not ${expected}`);
  }
}

async function query(sql, values = []) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return (await client.query(sql, values)).rows[0];
  } finally {
    await client.end();
  }
}
