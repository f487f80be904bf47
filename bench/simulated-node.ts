import { setTimeout as sleep } from 'node:timers/promises';
import { createEngineClient } from '../lib/adapters/http/engine-client';
import { listen } from '../lib/adapters/http/listen';
import { SYSTEM } from '../lib/adapters/system';
import { createReportDesk } from '../lib/agent/report-desk';
import { createServer } from '../lib/agent/server';
import { fromRequestBody } from '../lib/contract/execution-wire';
import type { ExecutionRequestBody } from '../lib/contract/executions';
import type { AttemptRef } from '../lib/core/model/attempt';
import { attemptKey, attemptOf } from '../lib/core/model/attempt';
import type { AttemptStatus } from '../lib/core/ports/execution';
import type { FleetWorker } from '../test/support/fleet';

export interface SimulatedNodeOptions extends FleetWorker {
  readonly api: string;
  /** JWT with the scope of workers. */
  readonly token: string;
  /** The attempt has reached this node. */
  readonly assigned: (ref: AttemptRef) => void;
  /** The attempt has ended on this node, and is about to be reported. */
  readonly ended: (ref: AttemptRef) => void;
  /** A report of this node was refused for good. */
  readonly failed: (error: unknown) => void;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

export interface SimulatedNode {
  /** Says that it lives. */
  readonly beat: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * A worker that speaks the contract over HTTP in both directions and runs nothing: `sleep 0.25` it does with a
 * timer. Registered when it resolves.
 */
export async function startSimulatedNode(options: SimulatedNodeOptions): Promise<SimulatedNode> {
  const { api, token, workerId, labels, slots } = options;
  const stopped = new AbortController();
  const client = createEngineClient({ api, token, retry: { signal: stopped.signal } });
  const report = createReportDesk({ client, workerId, timing: SYSTEM, signal: stopped.signal });
  const states = new Map<string, AttemptStatus>();
  let dispatchToken: string | undefined;

  const running = (): number => [...states.values()].filter((state) => state === 'running').length;
  const execute = async (body: ExecutionRequestBody) => {
    const ref = fromRequestBody(body);
    const origin = { ref, attemptToken: body.attempt_token };
    const durationMs = body.work.kind === 'command' ? sleepOf(body.work.run) : 0;
    const begun = performance.now();
    await report(origin, { type: 'started' });
    // A command runs on while its node tells that it has begun.
    await sleep(Math.max(0, durationMs - (performance.now() - begun)));
    states.set(attemptKey(ref), 'finished');
    options.ended(ref);
    await report(origin, { type: 'succeeded', durationMs, outputs: {} });
  };
  const server = createServer({
    engine: {
      status: async (ref) => states.get(attemptKey(ref)) ?? 'unknown',
      cancel: async () => undefined,
      results: async () => undefined,
    },
    async accept(body) {
      const ref = fromRequestBody(body);
      if (states.has(attemptKey(ref))) return 'accepted';
      states.set(attemptKey(ref), 'running');
      options.assigned(ref);
      execute(body).catch((error: unknown) => {
        if (!stopped.signal.aborted) options.failed(error);
      });
      return 'accepted';
    },
    dispatchToken: () => dispatchToken,
    running: () => [...states].flatMap(([key, state]) => (state === 'running' ? [attemptOf(key)] : [])),
    load: () => ({ running: running(), slots }),
    log: silent,
  });
  const listening = await listen(server, { host: '127.0.0.1', port: 0 });
  const registered = await client.registerWorker({
    ...{ worker_id: workerId, labels: [...labels], slots },
    endpoint: listening.address,
  });
  dispatchToken = registered.dispatch_token;
  return {
    beat: async () => void (await client.heartbeat(workerId, { pool: 'default', running: running() })),
    stop: async () => {
      stopped.abort();
      await listening.close();
    },
  };
}

function sleepOf(command: string): number {
  return Number(/^sleep ([\d.]+)$/.exec(command)?.[1] ?? 0) * 1_000;
}
