import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { RegisteredWorker } from '../ports/registries';
import { habitOf, SUSPECTED, suspicion } from '../recovery/detector';
import { BAD_BELOW, type Comparison, compared, type Health, LEAST_OF_PEERS } from '../scheduler/health';

/** How a worker is, for people. */
export interface WorkerHealth {
  /**
   * 0 to 1, the worse of its heartbeats and its attempts: 0 is as bad as what has it held for lost, or cordoned. Absent where
   * nothing is known of it.
   */
  readonly score?: number;
  /** Of its heartbeats: φ, and how late they are wont to be, milliseconds. Absent where it has none. */
  readonly heartbeats?: { readonly suspicion: number; readonly latenessMs: number };
  readonly attempts: Comparison;
}

/** @param registered as it last spoke, where it is registered. @param at milliseconds since the epoch. */
export function workerHealth(
  health: ReadOnly<Health>,
  workerId: string,
  { registered, at }: { readonly registered?: RegisteredWorker | undefined; readonly at: number },
): WorkerHealth {
  const attempts = compared(health, workerId, at);
  const heartbeats = registered && heartbeatsOf(registered, at);
  const scores = [
    heartbeats && share(heartbeats.suspicion / SUSPECTED),
    // Nobody to compare it with: nothing is known of what went wrong.
    attempts.own.of === 0 || (attempts.own.bad > 0 && attempts.peers.of < LEAST_OF_PEERS)
      ? undefined
      : share(Math.log(attempts.chance) / Math.log(BAD_BELOW)),
  ].filter((score) => score !== undefined);
  const score = scores.length === 0 ? undefined : Math.min(...scores);
  return { attempts, ...present({ score, heartbeats }) };
}

/** Two decimals are all that it is worth. */
const share = (badness: number): number => Math.round((1 - Math.min(1, badness)) * 100) / 100;

function heartbeatsOf({ dueAt, beats }: RegisteredWorker, at: number): WorkerHealth['heartbeats'] {
  if (dueAt === undefined || beats === undefined) return undefined;
  const habit = habitOf(beats);
  const lateness = Math.max(0, at - dueAt);
  return { suspicion: suspicion(lateness, habit), latenessMs: habit.mean };
}
