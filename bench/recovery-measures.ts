import type { Watcher } from '../lib/chaos/world/watch';
import type { LetterEvent } from '../lib/core/dlq/events';
import type { FailureEvidence, JobEvent } from '../lib/core/job/events';
import type { Recorded } from '../lib/core/journal/envelope';
import { type AttemptRef, attemptKey, type NodeAttempt } from '../lib/core/model/attempt';
import { type Diagnosis, FAULTS } from '../lib/core/model/failure';
import type { PoolEvent } from '../lib/core/scheduler/events';

/** Watches worlds, and says what it has counted. */
export interface Measure<T> {
  /** For the next world: nothing is carried over but the counts. */
  readonly watcher: () => Watcher;
  readonly counted: () => T;
}

type Hear<E> = (event: Recorded<E & { readonly type: string; readonly data: object }>, id: string) => void;

function onStreams<E>(kind: string, hear: Hear<E>): Watcher {
  const prefix = `${kind}/`;
  return {
    appended(stream, events) {
      if (!stream.startsWith(prefix)) return;
      for (const event of events) hear(event as never, stream.slice(prefix.length));
    },
  };
}

/** Neither the product nor its test is at fault, as far as that can be told. */
export const isTransient = (diagnosis: Diagnosis | undefined): boolean =>
  diagnosis !== undefined && diagnosis.class !== 'unknown' && !FAULTS.has(diagnosis.class);

export interface Transients {
  /** Nodes that met a transient failure or a loss, and then succeeded. */
  recovered: number;
  /** That failed for good by one. */
  failed: number;
  /** Of these: how many by what failed them last, a class or a loss. */
  readonly failedBy: Record<string, number>;
  /** That ended otherwise: with a fault of the product, or cancelled with their job. */
  otherwise: number;
}

export function measureTransients(): Measure<Transients> {
  const counted: Transients = { recovered: 0, failed: 0, failedBy: {}, otherwise: 0 };
  return {
    counted: () => counted,
    watcher() {
      /** By node: whether the latest failure was a transient one. */
      const met = new Map<string, boolean>();
      const last = new Map<string, string>();
      return onStreams<JobEvent>('job', (event, jobId) => {
        if (!('nodeId' in event.data)) return;
        const key = `${jobId}/${event.data.nodeId}`;
        if (event.type === 'attempt.lost') {
          met.set(key, true);
          last.set(key, 'loss');
        }
        if (event.type === 'attempt.failed') {
          const { diagnosis } = event.data as { diagnosis?: Diagnosis };
          last.set(key, diagnosis?.class ?? 'unknown');
          if (isTransient(diagnosis)) met.set(key, true);
          else if (met.has(key)) met.set(key, false);
        }
        if (event.type !== 'node.completed' || !met.has(key)) return;
        const { outcome } = event.data as { outcome: string };
        if (outcome === 'succeeded') counted.recovered += 1;
        else if (outcome === 'failed' && met.get(key)) {
          counted.failed += 1;
          const by = last.get(key) ?? 'unknown';
          counted.failedBy[by] = (counted.failedBy[by] ?? 0) + 1;
        } else counted.otherwise += 1;
        met.delete(key);
      });
    },
  };
}

export interface Rollbacks {
  complete: number;
  /** With a step that could not be undone. */
  incomplete: number;
  /** Of these: every such step says in the end that its command does not work, and no service or machine. */
  byCommand: number;
  /** Such steps, and those of them with a letter that says why. */
  parked: number;
  withEvidence: number;
}

/** Of a step that is given up: it was lost too often, or its last failure is none of its command. */
function saysTransient(data: object): boolean {
  const { evidence } = data as { evidence?: FailureEvidence };
  const known = evidence?.class;
  return known === undefined || (known !== 'unknown' && !FAULTS.has(known));
}

export function measureRollbacks(): Measure<Rollbacks> {
  const counted = { complete: 0, incomplete: 0, byCommand: 0, parked: 0 };
  const parked = new Set<string>();
  const letters = new Set<string>();
  let nth = 0;
  return {
    counted: () => ({ ...counted, withEvidence: [...parked].filter((each) => letters.has(each)).length }),
    watcher() {
      nth += 1;
      const world = nth;
      const transient = new Set<string>();
      const jobs = onStreams<JobEvent>('job', (event, jobId) => {
        if (event.type === 'rollback.started') transient.delete(jobId);
        if (event.type === 'rollback.stepGivenUp' && saysTransient(event.data)) transient.add(jobId);
        if (event.type !== 'rollback.completed') return;
        const { parked: left } = event.data as { parked: readonly string[] };
        counted[left.length === 0 ? 'complete' : 'incomplete'] += 1;
        if (left.length > 0 && !transient.has(jobId)) counted.byCommand += 1;
        counted.parked += left.length;
        for (const nodeId of left) parked.add(`${world} ${jobId}/${nodeId}`);
      });
      const groups = onStreams<LetterEvent>('letter', (event) => {
        const { letter } = event.data as {
          letter?: { kind: string; jobId: string; nodeId: string; said: string };
        };
        if (letter?.kind === 'rollback' && letter.said !== '')
          letters.add(`${world} ${letter.jobId}/${letter.nodeId}`);
      });
      return {
        appended(...of) {
          jobs.appended?.(...of);
          groups.appended?.(...of);
        },
      };
    },
  };
}

/** How long machines that died with work on them went unnoticed, milliseconds, shortest first. */
export interface Detections {
  /** Another machine of the fleet lived all the time until then. */
  readonly inCompany: readonly number[];
  /** None did for a while: nobody's heartbeats prove that heartbeats arrive. */
  readonly alone: readonly number[];
  /** The first, in parts: until a sweep held the machine for lost, and from then until its pool had handled that. */
  readonly untilHeld: readonly number[];
  readonly untilHandled: readonly number[];
  /** Attempts that such a machine had when it died: until their job had another one made. */
  readonly untilRecovery: readonly number[];
}

interface Dead {
  readonly since: number;
  readonly hadWork: boolean;
  isAlone: boolean;
  heldAt?: number;
}

/** How an attempt is over for its job. */
const LOST: ReadonlySet<string> = new Set(['attempt.lost', 'rollback.stepLost']);
const OVER: ReadonlySet<string> = new Set([
  ...LOST,
  ...['attempt.succeeded', 'attempt.failed', 'rollback.stepSucceeded', 'rollback.stepFailed'],
]);

export function measureDetection(): Measure<Detections> {
  const times: Record<keyof Detections, number[]> = {
    ...{ inCompany: [], alone: [], untilHeld: [], untilHandled: [], untilRecovery: [] },
  };
  const sorted = (which: keyof Detections) => times[which].toSorted((a, b) => a - b);
  return {
    counted: () => ({
      ...{ inCompany: sorted('inCompany'), alone: sorted('alone'), untilHeld: sorted('untilHeld') },
      ...{ untilHandled: sorted('untilHandled'), untilRecovery: sorted('untilRecovery') },
    }),
    watcher() {
      const leases = new Map<string, string>();
      const fleet = new Set<string>();
      const dead = new Map<string, Dead>();
      /** When the machine of an attempt died, by attempt. */
      const orphans = new Map<string, number>();
      const noticed = (workerId: string, at: number) => {
        const found = dead.get(workerId);
        if (found?.hadWork) times[found.isAlone ? 'alone' : 'inCompany'].push(Math.max(0, at - found.since));
        if (found?.hadWork && !found.isAlone && found.heldAt !== undefined) {
          times.untilHeld.push(found.heldAt - found.since);
          times.untilHandled.push(Math.max(0, at - found.heldAt));
        }
        dead.delete(workerId);
      };
      const pools = onStreams<PoolEvent>('pool', ({ type, data, at }) => {
        const { workerId, ...ref } = data as AttemptRef & { readonly workerId: string };
        if (type === 'lease.granted') leases.set(attemptKey(ref), workerId);
        if (type === 'lease.released' || type === 'lease.revoked') leases.delete(attemptKey(ref));
        if (type === 'worker.registered') fleet.add(workerId);
        // Whoever is known to be gone is no company.
        if (type === 'worker.lost') fleet.delete(workerId);
        if (type === 'worker.lost' || type === 'worker.registered') noticed(workerId, at);
      });
      const jobs = onStreams<JobEvent>('job', ({ type, data, at }, jobId) => {
        if (!OVER.has(type)) return;
        const key = attemptKey({ ...(data as NodeAttempt), jobId });
        const since = orphans.get(key);
        if (since !== undefined && LOST.has(type)) times.untilRecovery.push(Math.max(0, at - since));
        orphans.delete(key);
      });
      return {
        died(workerId, since) {
          if (dead.has(workerId)) return;
          const own = [...leases].flatMap(([key, holder]) => (holder === workerId ? [key] : []));
          dead.set(workerId, { since, hadWork: own.length > 0, isAlone: false });
          for (const key of own) orphans.set(key, since);
          if (fleet.size <= dead.size) for (const each of dead.values()) each.isAlone = true;
        },
        heldForLost(workerId, at) {
          const found = dead.get(workerId);
          if (found) found.heldAt ??= at;
        },
        appended(...of) {
          pools.appended?.(...of);
          jobs.appended?.(...of);
        },
      };
    },
  };
}

export interface Requests {
  asked: number;
  atOnce: number;
  answered: number;
}

/** How long our client asks again, milliseconds: `lib/adapters/http/engine-client.ts`. */
const PATIENCE_MS = 30_000;

/** @param until what is asked later does not count, milliseconds of virtual time. */
export function measureRequests(until: () => number): Measure<Requests> {
  const counted: Requests = { asked: 0, atOnce: 0, answered: 0 };
  return {
    counted: () => counted,
    watcher: () => ({
      asked(_kind, { tries, elapsedMs, since, isAnswered }) {
        if (since >= until()) return;
        counted.asked += 1;
        if (isAnswered && tries === 1) counted.atOnce += 1;
        if (isAnswered && elapsedMs <= PATIENCE_MS) counted.answered += 1;
      },
    }),
  };
}

/** What a person has to see to, by why. */
export interface Interventions {
  /** Nodes that failed for good though neither the product nor a test is at fault. */
  failed: number;
  /** Jobs that do not come to their end. */
  stuck: number;
  /** Steps of rollbacks that could not be undone. */
  parked: number;
}

export function measureInterventions(): Measure<Interventions> {
  const counted: Interventions = { failed: 0, stuck: 0, parked: 0 };
  return {
    counted: () => counted,
    watcher() {
      const last = new Map<string, boolean>();
      const open = new Set<string>();
      return {
        ...onStreams<JobEvent>('job', (event, jobId) => {
          const { type, data } = event;
          if (type === 'job.submitted') {
            open.add(jobId);
            counted.stuck += 1;
          }
          if (type === 'job.completed' && open.delete(jobId)) counted.stuck -= 1;
          if (type === 'rollback.stepGivenUp') counted.parked += 1;
          if (!('nodeId' in data)) return;
          const key = `${jobId}/${data.nodeId}`;
          if (type === 'attempt.lost') last.set(key, true);
          if (type === 'attempt.failed')
            last.set(key, isTransient((data as { diagnosis?: Diagnosis }).diagnosis));
          if (
            type === 'node.completed' &&
            (data as { outcome: string }).outcome === 'failed' &&
            last.get(key)
          )
            counted.failed += 1;
        }),
      };
    },
  };
}
