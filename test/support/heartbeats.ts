import type { Beat, RegisteredWorker } from '../../lib/core/ports/registries';
import { BEATS_KEPT } from '../../lib/core/recovery/detector';
import { HEARTBEAT_SECONDS, idleSeconds } from '../../lib/core/recovery/pace';
import {
  isDoubted,
  isLost,
  STEADY_SWEEPS_MS,
  SWEEP_SECONDS,
  wellness,
} from '../../lib/core/recovery/silence';

const SECOND = 1_000;
/** Patience of a worker with the answer to a heartbeat, and what a new connection takes; lib/agent/link.ts. */
const RETRY_MS = 5_500;

export interface Fleet {
  readonly workers: number;
  /** Those that have work, by index; they beat every ten seconds. */
  readonly isBusy?: (index: number) => boolean;
  readonly seconds: number;
  /** When heartbeats get through, at a time in milliseconds; sweeps do too, unless `isSwept` says otherwise. */
  readonly isWell?: (at: number) => boolean;
  readonly isSwept?: (at: number) => boolean;
  readonly isAlive?: (index: number, at: number) => boolean;
  /** Whether one heartbeat of a worker does not get through, by its number; the worker hears no answer. */
  readonly isMissed?: (index: number, beat: number) => boolean;
  /** Whether a worker is asked where nobody is heard of, and answers while it lives; nobody is asked where absent. */
  readonly asks?: boolean;
  /** How much later than promised heartbeats come, milliseconds. */
  readonly jitterMs?: (index: number, beat: number) => number;
  /** When the first heartbeat of a worker comes, and the first sweep, in milliseconds. */
  readonly phaseMs?: (index: number) => number;
  readonly sweepPhaseMs?: number;
  readonly sweepSeconds?: number;
}

/**
 * Workers that beat and a sweeper that looks, in virtual time and with the rules of the registry.
 * @returns when each worker was held for lost, in milliseconds, by name: `w0`, `w1`, ...
 */
export function heartbeats(fleet: Fleet): Map<string, number> {
  const { isWell = () => true, isAlive = () => true, isMissed = () => false, jitterMs = () => 0 } = fleet;
  const { isBusy = () => true, phaseMs = (i) => (i * 997) % (HEARTBEAT_SECONDS * SECOND) } = fleet;
  const { isSwept = isWell, sweepPhaseMs = 0, sweepSeconds = SWEEP_SECONDS } = fleet;
  const registry = Array.from({ length: fleet.workers }, (_, i) => registered(`w${i}`));
  const lost = new Map<string, number>();
  const due: { at: number; act: (at: number) => void }[] = [];
  const plan = (at: number, act: (at: number) => void) => void due.push({ at, act });
  const sent = registry.map(() => 0);
  let sweeps = { lastAt: 0, since: 0 };

  function beat(i: number, at: number): void {
    const known = registry[i] as RegisteredWorker;
    if (known.lostAt !== undefined || !isAlive(i, at)) return;
    const number = (sent[i] ?? 0) + 1;
    sent[i] = number;
    if (!isWell(at) || isMissed(i, number)) {
      plan(at + RETRY_MS, (again) => beat(i, again));
      return;
    }
    const waitMs = waitOf(i, number) * SECOND;
    registry[i] = beaten(known, { at, due: at + waitMs });
    plan(at + waitMs + jitterMs(i, number), (next) => beat(i, next));
  }

  /** As lib/agent/membership.ts has it: the first wait of one that has nothing to do is drawn. */
  function waitOf(i: number, number: number): number {
    if (isBusy(i)) return HEARTBEAT_SECONDS;
    const idle = idleSeconds(fleet.workers);
    const drawn = ((i * 0.618034) % 1) * (idle - HEARTBEAT_SECONDS);
    return number === 1 ? HEARTBEAT_SECONDS + drawn : idle;
  }

  function sweep(at: number): void {
    if (isSwept(at)) {
      sweeps = { lastAt: at, since: at - sweeps.lastAt > STEADY_SWEEPS_MS ? at : sweeps.since };
      const well = wellness(registry, { sweptSince: sweeps.since, now: at });
      for (const [i, known] of registry.entries()) {
        if (known.lostAt !== undefined) continue;
        const isDead = fleet.asks === true && !isAlive(i, at) && isDoubted(known, well, at);
        if (!isDead && !isLost(known, well, at)) continue;
        registry[i] = { ...known, lostAt: at };
        lost.set(known.workerId, at);
      }
    }
    plan(at + sweepSeconds * SECOND, sweep);
  }

  for (const i of registry.keys()) plan(phaseMs(i), (at) => beat(i, at));
  plan(sweepPhaseMs, sweep);
  while (due.length > 0) {
    due.sort((a, b) => b.at - a.at);
    const next = due.pop();
    if (!next || next.at > fleet.seconds * SECOND) break;
    next.act(next.at);
  }
  return lost;
}

/** As it registered at the beginning. */
export function registered(workerId: string, at = 0): RegisteredWorker {
  const first = { at, due: at + HEARTBEAT_SECONDS * SECOND };
  const beats = Array.from({ length: BEATS_KEPT }, () => first);
  return { workerId, labels: [], slots: 1, running: 0, lastSeenAt: at, dueAt: first.due, beats };
}

/** As the registry keeps it after one more heartbeat. */
export function beaten(worker: RegisteredWorker, beat: Beat): RegisteredWorker {
  const beats = [beat, ...(worker.beats ?? [])].slice(0, BEATS_KEPT);
  return { ...worker, lastSeenAt: beat.at, dueAt: beat.due, beats };
}
