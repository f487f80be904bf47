import { readFileSync } from 'node:fs';
import { createMembership } from '../../../lib/agent/membership';
import { createWorkerSocket, type SocketPeer } from '../../../lib/api/worker-socket';
import { RepriseError } from '../../../lib/core/errors';
import { present } from '../../../lib/core/model/present';
import type { RegisteredWorker } from '../../../lib/core/ports/registries';
import { HEARTBEAT_SECONDS, idleSeconds } from '../../../lib/core/recovery/pace';

/** us-east-1, November 2026, before any free tier; dollars. */
const PRICES = {
  message: 1 / 1e6,
  connectionMinute: 0.25 / 1e6,
  invocation: 0.2 / 1e6,
  gbSecond: 0.0000133334,
  write: 0.625 / 1e6,
  logGigabyte: 0.5,
};
/** What is assumed of AWS, generously: an invocation is billed at 25 ms with a gigabyte, and logs half a kilobyte. */
const INVOCATION = { seconds: 0.025, gigabytes: 1, loggedBytes: 500 };
const WORKERS = 50;
const DAY_MS = 24 * 3_600_000;
/** The gateway closes every connection then. */
const CONNECTION_MS = 2 * 3_600_000;

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A day of a worker that has nothing to do, in virtual time: the agent's membership against the engine's end of it. */
async function idleDay() {
  const counts = { messages: 0, invocations: 0, writes: 0, toPool: 0, connections: 0 };
  let now = 0;
  let openedAt = Number.NEGATIVE_INFINITY;
  let registered: RegisteredWorker = { workerId: 'w', labels: [], slots: 4, lastSeenAt: 0, running: 0 };
  const peer = (): SocketPeer => ({
    ...{ connectionId: `c${counts.connections}`, expiresAt: Number.POSITIVE_INFINITY },
    caller: { subject: 'fleet', scopes: ['orchestration.worker'] },
    query: { pool: 'default', worker: 'w', registration: 'r' },
  });
  const socket = createWorkerSocket({
    workers: {
      async heartbeat(_pool, _worker, { connectionId }) {
        counts.writes += 1;
        const before = registered;
        registered = { ...registered, ...(connectionId === undefined ? {} : { connectionId }) };
        return before;
      },
      disconnect: async () => void counts.writes++,
    },
    answers: { put: async () => {} },
    streams: { send: async () => void counts.toPool++ },
    idleSeconds: async () => idleSeconds(WORKERS),
    clock: () => now,
  });

  async function reconnectIfClosed(): Promise<void> {
    if (now - openedAt < CONNECTION_MS) return;
    if (counts.connections > 0) await socket.closed(peer());
    openedAt = now;
    counts.connections += 1;
    // The authorizer, the opening, and the end of the one before.
    counts.invocations += 3;
    membership.beat();
  }

  let stop = () => {};
  const over = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const membership = createMembership({
    client: {
      registerWorker: async () => ({
        ...{ worker_id: 'w', dispatch_token: 't', registration: 'r' },
        heartbeat_seconds: HEARTBEAT_SECONDS,
      }),
      async heartbeat(_worker, { running, next_seconds }) {
        counts.messages += 1;
        counts.invocations += 1;
        const said = JSON.stringify({ type: 'heartbeat', running, next_seconds });
        const answer = await socket.hear(peer(), said, 'q');
        if (answer) counts.messages += 1;
        if (answer?.type !== 'heard') throw new RepriseError('UPSTREAM_UNAVAILABLE', 'not heard');
        return present({ idleSeconds: answer.idle_seconds });
      },
    },
    worker: { workerId: 'w', pool: 'default', labels: [], slots: 4 },
    ...{
      running: () => 0,
      unfinished: () => [],
      onRegistered: () => {},
      onLost: async () => {},
      log: silent,
    },
    timing: {
      random: () => 0.5,
      async sleep(ms, signal) {
        if (!signal?.aborted) now += ms;
        if (now >= DAY_MS) {
          membership.leave();
          stop();
        } else await reconnectIfClosed();
      },
    },
  });
  await membership.join();
  await over;
  return counts;
}

const dollars = (amount: number) => `$${amount.toFixed(3)}`;

it('fifty workers that wait cost less than half a dollar a day, as the decision says', async () => {
  const { messages, invocations, writes, toPool, connections } = await idleDay();
  // A heartbeat every 31 seconds and one more with each connection, heard each time; the pool hears of connections only.
  expect(connections).toBe(12);
  expect(messages).toBeGreaterThanOrEqual(2 * 2_780);
  expect(messages).toBeLessThanOrEqual(2 * (2_788 + connections));
  expect(toPool).toBe(connections);
  const { seconds, gigabytes, loggedBytes } = INVOCATION;
  const rows = [
    ['messages', WORKERS * messages, WORKERS * messages * PRICES.message],
    ['connection minutes', WORKERS * 1_440, WORKERS * 1_440 * PRICES.connectionMinute],
    ['invocations', WORKERS * invocations, WORKERS * invocations * PRICES.invocation],
    [
      'their time, GB-s',
      WORKERS * invocations * seconds * gigabytes,
      WORKERS * invocations * seconds * gigabytes * PRICES.gbSecond,
    ],
    ['writes to the table', WORKERS * writes, WORKERS * writes * PRICES.write],
    [
      'logs, MB',
      (WORKERS * invocations * loggedBytes) / 1e6,
      ((WORKERS * invocations * loggedBytes) / 1e9) * PRICES.logGigabyte,
    ],
  ] as const;
  const total = rows.reduce((sum, [, , cost]) => sum + cost, 0);
  expect(total).toBeLessThan(0.5);
  const decision = readFileSync('docs/adr/0014-workers-pull.md', 'utf8');
  for (const [what, amount, cost] of rows) {
    expect(decision).toContain(`| ${what} | ${Math.round(amount).toLocaleString('en')} | ${dollars(cost)} |`);
  }
  expect(decision).toContain(`| in all | | ${dollars(total)} |`);
  const cents = total.toFixed(2);
  for (const [page, said] of [
    ['worker.md', `fifty workers that wait cost $${cents} a day`],
    ['cost.md', `fifty that wait are ${cents} USD a day`],
    ['aws-truth.md', `fifty workers that wait: they cost $${cents} a day`],
  ] as const)
    expect(readFileSync(`docs/${page}`, 'utf8')).toContain(said);
});
