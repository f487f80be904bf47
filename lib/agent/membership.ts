import type { EngineClient } from '../adapters/http/engine-client';
import { SYSTEM } from '../adapters/system';
import { isRepriseError } from '../core/errors';
import { present } from '../core/model/present';
import type { Resources } from '../core/model/resources';
import type { Timing } from '../core/model/time';
import type { Log } from './log';

export interface MembershipDeps {
  readonly client: Pick<EngineClient, 'registerWorker' | 'heartbeat'>;
  readonly worker: {
    readonly workerId: string;
    readonly pool: string;
    readonly labels: readonly string[];
    readonly slots: number;
    readonly resources?: Resources;
    /** None where it pulls. */
    readonly endpoint?: string;
  };
  /** Attempts that run now. */
  readonly running: () => number;
  readonly onRegistered: (answer: Awaited<ReturnType<EngineClient['registerWorker']>>) => void;
  /** The engine held this worker for lost and runs its attempts elsewhere: end them here, then resolve. */
  readonly onLost: () => Promise<void>;
  readonly log: Log;
  /** Default: that of this machine. */
  readonly timing?: Pick<Timing, 'sleep'>;
}

/** The worker's place in its pool: registered, and known to live by its heartbeats. */
export interface Membership {
  /** Registers. @throws RepriseError when the engine refuses, or does not answer for 30 s. */
  readonly join: () => Promise<void>;
  /** Says at once, and from now on with each heartbeat, that the worker takes nothing new. */
  readonly drain: () => void;
  /** Speaks at once: the engine has to hear over which connection. */
  readonly beat: () => void;
  readonly leave: () => void;
}

export function createMembership(deps: MembershipDeps): Membership {
  const { client, worker, log } = deps;
  const { sleep } = deps.timing ?? SYSTEM;
  const left = new AbortController();
  let wake = new AbortController();
  let beatMs = 10_000;
  let registration: string | undefined;
  let isDraining = false;

  async function register(): Promise<void> {
    const { workerId, pool, labels, slots, resources, endpoint } = worker;
    const body = {
      worker_id: workerId,
      pool,
      labels: [...labels],
      slots,
      ...present({ resources, endpoint }),
    };
    const answer = await client.registerWorker(body);
    registration = answer.registration;
    beatMs = answer.heartbeat_seconds * 1_000;
    log.info('registered', { id: workerId, pool, slots, endpoint });
    deps.onRegistered(answer);
  }

  /** @returns milliseconds until the next one. */
  async function beat(): Promise<number> {
    try {
      const said = present({ draining: isDraining ? true : undefined, registration });
      await client.heartbeat(worker.workerId, { pool: worker.pool, running: deps.running(), ...said });
      return beatMs;
    } catch (error) {
      if (left.signal.aborted) return beatMs;
      if (isRepriseError(error, 'WORKER_NOT_FOUND')) {
        await rejoin();
        return beatMs;
      }
      log.warn('heartbeat not taken', { error: error instanceof Error ? error.message : String(error) });
      return beatMs / 4;
    }
  }

  async function rejoin(): Promise<void> {
    log.warn('the engine held this worker for lost', { running: deps.running() });
    await deps.onLost();
    if (isDraining) return;
    try {
      await register();
    } catch (error) {
      // The next heartbeat is refused again and leads here again.
      log.warn('not registered', { error: (error as Error).message });
    }
  }

  async function beats(): Promise<void> {
    let waitMs = beatMs;
    while (!left.signal.aborted) {
      await sleep(waitMs, AbortSignal.any([left.signal, wake.signal]));
      if (wake.signal.aborted) wake = new AbortController();
      if (!left.signal.aborted) waitMs = await beat();
    }
  }

  return {
    async join() {
      await register();
      void beats();
    },
    drain() {
      isDraining = true;
      wake.abort();
    },
    beat: () => wake.abort(),
    leave: () => left.abort(),
  };
}
