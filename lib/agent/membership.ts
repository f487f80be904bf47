import type { EngineClient } from '../adapters/http/engine-client';
import { SYSTEM } from '../adapters/system';
import { bodyOfRef } from '../contract/execution-wire';
import { isRepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import type { AttemptRef } from '../core/model/attempt';
import { present } from '../core/model/present';
import type { Resources } from '../core/model/resources';
import type { Timing } from '../core/model/time';
import type { Log } from './log';
import { createPace } from './pace';

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
  /** Attempts that run now, or have ended and are still to be reported. */
  readonly unfinished: () => readonly AttemptRef[];
  readonly onRegistered: (answer: Awaited<ReturnType<EngineClient['registerWorker']>>) => void;
  /** The engine held this worker for lost and runs its attempts elsewhere: end them here, then resolve. */
  readonly onLost: () => Promise<void>;
  readonly log: Log;
  /** Default: that of this machine. */
  readonly timing?: Pick<Timing, 'sleep' | 'random'>;
}

/** The worker's place in its pool: registered, and known to live by its heartbeats. */
export interface Membership {
  /** Registers. @throws RepriseError when the engine refuses, or does not answer for 30 s. */
  readonly join: () => Promise<void>;
  /** Says at once, and from now on with each heartbeat, that the worker takes nothing new. */
  readonly drain: () => void;
  /** Speaks at once: the engine has to hear over which connection. */
  readonly beat: () => void;
  /** The worker has been given something: it speaks soon, if it is not done with it by then. */
  readonly hasten: () => void;
  readonly leave: () => void;
}

export function createMembership(deps: MembershipDeps): Membership {
  const { client, worker, log } = deps;
  const { sleep, random } = deps.timing ?? SYSTEM;
  const left = new AbortController();
  let wake = new AbortController();
  let hastened: AbortController | undefined;
  let registration: string | undefined;
  let isDraining = false;
  const isIdle = () => deps.running() === 0 && !isDraining;
  const pace = createPace(isIdle, random);

  async function register(): Promise<void> {
    const { workerId, pool, slots, endpoint } = worker;
    const answer = await client.registerWorker(bodyOf(worker, deps.unfinished()));
    registration = answer.registration;
    pace.begin(answer.heartbeat_seconds * 1_000);
    log.info('registered', { id: workerId, pool, slots, endpoint });
    deps.onRegistered(answer);
  }

  /** @returns milliseconds until the next one, as it was promised. */
  async function beat(): Promise<number> {
    const nextMs = pace.next();
    try {
      const said = present({ draining: isDraining ? true : undefined, registration });
      const { idleSeconds } = await client.heartbeat(worker.workerId, {
        ...{ pool: worker.pool, running: deps.running(), ...said },
        next_seconds: nextMs / 1_000,
      });
      // Promised is what was said; from the next one on it is what the engine asks for.
      if (idleSeconds !== undefined) pace.slowDown(idleSeconds * 1_000);
      return nextMs;
    } catch (error) {
      if (left.signal.aborted) return pace.busyMs();
      if (isRepriseError(error, 'WORKER_NOT_FOUND')) {
        await rejoin();
        return pace.busyMs();
      }
      log.warn('heartbeat not taken', { error: error instanceof Error ? error.message : String(error) });
      return pace.busyMs() / 4;
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
    let waitMs = pace.busyMs();
    while (!left.signal.aborted) {
      await sleep(waitMs, AbortSignal.any([left.signal, wake.signal]));
      if (wake.signal.aborted) wake = new AbortController();
      if (!left.signal.aborted) waitMs = await beat();
    }
  }

  function hasten(): void {
    if (!pace.isSlow() || hastened === wake) return;
    const mine = wake;
    hastened = mine;
    void sleep(pace.busyMs(), AbortSignal.any([left.signal, mine.signal])).then(() => {
      if (!isIdle()) mine.abort();
      if (hastened === mine) hastened = undefined;
    });
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
    hasten,
    leave: () => left.abort(),
  };
}

function bodyOf(
  { workerId, pool, labels, slots, resources, endpoint }: MembershipDeps['worker'],
  unfinished: readonly AttemptRef[],
) {
  // Some of them would be taken for all of them.
  const running = unfinished.length <= LIMITS.unfinished ? unfinished.map(bodyOfRef) : undefined;
  const offered = { labels: [...labels], slots, ...present({ resources, endpoint }) };
  return { worker_id: workerId, pool, ...offered, ...present({ running }) };
}
