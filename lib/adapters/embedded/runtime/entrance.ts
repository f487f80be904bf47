import type { PoolMessage } from '../../../core/messages/pool';
import type { Clock, SetTimer } from '../../../core/model/time';
import { createGate, type Gate } from '../../gate';
import { realTimer } from '../../system';

export interface EntranceOptions {
  readonly clock: Clock;
  readonly setTimer?: SetTimer | undefined;
}

/** Where jobs come in: all that come together are durable before they begin, and then begin one after the other. */
export interface Entrance {
  /** Does a submission when there is room for it, in the order in which they came. */
  readonly submit: Gate;
  /**
   * Sends what a job tells its pool: at once, unless that is to queue it while submissions wait for room. Then it is sent when
   * none waits any more, or after five seconds, and what the job tells meanwhile after it.
   */
  readonly tellPool: (message: PoolMessage, send: () => void) => void;
  /** Sends nothing more. */
  readonly close: () => void;
}

/**
 * Submissions under way at a time. Hundreds that come together would go through each of their steps together, and what
 * runs would wait for all of them at every step.
 */
const SUBMISSIONS = 16;
/** Submissions that never end must not keep every job from its beginning. */
const PATIENCE_MS = 5_000;
/** How often it is looked whether jobs that are held may begin. */
const LOOK_MS = 2;

interface HeldJob {
  readonly since: number;
  readonly sends: (() => void)[];
}

export function createEntrance({ clock, setTimer }: EntranceOptions): Entrance {
  const later = setTimer ?? realTimer;
  const nextTurn = setTimer ?? afterThisTurn;
  const gate = createGate(SUBMISSIONS);
  /** By job, those that came first before the others. */
  const held = new Map<string, HeldJob>();
  let inside = 0;
  let isClosed = false;
  let cancel: (() => void) | undefined;

  /** Begins one in a turn, since each goes through several steps before it runs: what runs has its turns between them. */
  function wait(): void {
    if (isClosed || held.size === 0) return;
    const go = () => {
      cancel = undefined;
      beginOne();
      wait();
    };
    cancel ??= mayBegin() ? nextTurn(go, 0) : later(go, LOOK_MS);
  }

  function mayBegin(): boolean {
    const [first] = held.values();
    return first !== undefined && (inside <= SUBMISSIONS || clock() - first.since >= PATIENCE_MS);
  }

  function beginOne(): void {
    const [first] = held;
    if (!first || !mayBegin()) return;
    const [jobId, { sends }] = first;
    held.delete(jobId);
    for (const send of sends) send();
  }

  return {
    async submit(work) {
      inside += 1;
      try {
        return await gate(work);
      } finally {
        inside -= 1;
      }
    },
    tellPool(message, send) {
      const job = 'jobId' in message ? held.get(message.jobId) : undefined;
      if (job) job.sends.push(send);
      // Those that are held came before it.
      else if (message.type === 'jobQueued' && (inside > SUBMISSIONS || held.size > 0)) {
        held.set(message.jobId, { since: clock(), sends: [send] });
        wait();
      } else send();
    },
    close() {
      isClosed = true;
      cancel?.();
    },
  };
}

const afterThisTurn: SetTimer = (callback) => {
  const turn = setImmediate(callback);
  return () => clearImmediate(turn);
};
