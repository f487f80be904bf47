import { SYSTEM } from '../lib/adapters/system';
import { SCOPES } from '../lib/core/access/scopes';
import { isRepriseError } from '../lib/core/errors';
import type { AttemptRef } from '../lib/core/model/attempt';
import { attemptKey } from '../lib/core/model/attempt';
import type { LocalEnvironment } from '../test/integration/support/local-environment';
import type { FleetWorker } from '../test/support/fleet';
import { type SimulatedNode, startSimulatedNode } from './simulated-node';

export interface SimulatedFleet {
  /** When an attempt reached its worker, by `attemptKey`. */
  readonly assignedAt: ReadonlyMap<string, number>;
  /** When an attempt had ended on its worker. */
  readonly endedAt: ReadonlyMap<string, number>;
  /** Rejects when a worker cannot go on. */
  readonly broken: Promise<never>;
  readonly stop: () => Promise<void>;
}

/** As often as the engine asks for. */
const BEAT_MS = 10_000;

/** Simulated workers of the local cloud's default pool, in this process. */
export async function startSimulatedFleet(
  local: LocalEnvironment,
  nodes: readonly FleetWorker[],
): Promise<SimulatedFleet> {
  const assignedAt = new Map<string, number>();
  const endedAt = new Map<string, number>();
  const stopped = new AbortController();
  const started: SimulatedNode[] = [];
  let failed: (error: unknown) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    failed = reject;
  });
  broken.catch(() => undefined);

  const stop = async () => {
    stopped.abort();
    await Promise.all(started.map((node) => node.stop()));
  };
  /** One node after another: fifty at once would be fifty processes that the emulator starts. */
  const beats = async () => {
    while (!stopped.signal.aborted) {
      const begun = performance.now();
      for (const { beat } of started) {
        // The next one is the retry, unless the engine holds the node for lost.
        await beat().catch((error: unknown) => {
          if (!stopped.signal.aborted && isRepriseError(error, 'WORKER_NOT_FOUND')) failed(error);
        });
      }
      await SYSTEM.sleep(Math.max(0, BEAT_MS - (performance.now() - begun)), stopped.signal);
    }
  };

  const token = await local.tokenFor('fleet', SCOPES.worker);
  try {
    for (const node of nodes) {
      const assigned = (ref: AttemptRef) => void assignedAt.set(attemptKey(ref), Date.now());
      const ended = (ref: AttemptRef) => void endedAt.set(attemptKey(ref), Date.now());
      const { apiUrl: api } = local.deployment;
      started.push(await startSimulatedNode({ ...node, api, token, assigned, ended, failed }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  void beats();
  return { assignedAt, endedAt, broken, stop };
}
