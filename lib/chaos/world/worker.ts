import { jobAt } from '../../core/messages/address';
import type { Worker, WorkItem } from '../../core/messages/pool';
import { type AttemptReport, callbackId, reportMessage } from '../../core/messages/report';
import { type AttemptRef, attemptKey } from '../../core/model/attempt';
import type { AttemptSighting, WorkerSighting } from '../../core/ports/sightings';
import type { FaultPlan } from '../faults';
import type { Script } from '../workload/scripts';
import type { Ground } from './ground';
import type { Message } from './queues';

export interface WorkerDeps {
  readonly ground: Ground;
  readonly script: (work: WorkItem) => Script;
  /** To the queue of a job. */
  readonly send: (message: Message) => void;
}

/** Whether a worker takes what it is handed. */
export type Taken = 'taken' | 'full' | 'draining' | 'unreachable' | 'another registration';

interface Run {
  readonly ref: AttemptRef;
  end?: AttemptReport;
  stop?: () => void;
}

/** A worker: a machine with a disk, and a process that answers for it. */
export interface SimulatedWorker {
  readonly worker: Omit<Worker, 'registration'>;
  readonly isAlive: () => boolean;
  readonly isReachable: () => boolean;
  readonly registration: () => string;
  readonly running: () => number;
  /** What runs, or has ended and could not be posted. */
  readonly unfinished: () => readonly AttemptRef[];
  readonly isDraining: () => boolean;
  readonly take: (work: WorkItem, registration: string | undefined) => Taken;
  readonly cancel: (ref: AttemptRef, reason: string) => void;
  /** What it says of attempts when it is asked. */
  readonly sighted: (refs: readonly AttemptRef[]) => WorkerSighting;
  /** The machine dies, and what runs on it and lies on its disk is gone. */
  readonly die: () => void;
  /** Its process begins: anew on an empty machine, or on one where attempts go on. */
  readonly begin: () => void;
  readonly cutOff: (isCutOff: boolean) => void;
  readonly drain: () => void;
}

/** How much slower a slow attempt is, and how much later a report comes the second time, milliseconds. */
const SLOWER = 12;
const LATE_MS = 200_000;

export function createWorker(
  { ground, script, send }: WorkerDeps,
  worker: Omit<Worker, 'registration'>,
): SimulatedWorker {
  const { time, faults, watch, say } = ground;
  const { workerId } = worker;
  /** What it ran and runs, by `attemptKey`; on its disk. */
  const runs = new Map<string, Run>();
  const mail = createMail({ ground, send }, workerId);
  let [births, isAlive, isDraining] = [1, true, false];

  const busy = () => [...runs.values()].filter(({ end }) => !end).length;

  function finish(run: Run, end: AttemptReport, isMute = false): void {
    if (run.end) return;
    run.end = end;
    if (end.type === 'succeeded' || end.type === 'failed') watch.ended(run.ref, end.type);
    run.stop?.();
    if (!isMute) mail.report(run.ref, end);
  }

  function start(work: WorkItem, run: Run): void {
    const key = attemptKey(work);
    watch.began(run.ref, workerId, `r${births}`);
    say(workerId, () => `begins ${key}`);
    const { afterMs, end, isMute } = courseOf(faults, script(work), work);
    run.stop = time.setTimer(() => finish(run, end, isMute), afterMs);
  }

  return {
    worker,
    isAlive: () => isAlive,
    isReachable: () => isAlive && !mail.isCutOff(),
    registration: () => `r${births}`,
    running: busy,
    unfinished: () => [...runs.values()].flatMap(({ ref, end }) => (end && !mail.holds(ref) ? [] : [ref])),
    isDraining: () => isDraining,
    take(work, registration) {
      if (!isAlive || mail.isCutOff()) return 'unreachable';
      if (registration !== undefined && registration !== `r${births}`) return 'another registration';
      const known = runs.get(attemptKey(work));
      if (!known && isDraining) return 'draining';
      if (!known && busy() >= worker.slots) return 'full';
      const run = known ?? { ref: refOf(work) };
      runs.set(attemptKey(work), run);
      mail.report(run.ref, { type: 'started' });
      if (run.end) mail.report(run.ref, run.end);
      else if (!known) start(work, run);
      return 'taken';
    },
    cancel(of, reason) {
      const ref = refOf(of);
      const run = runs.get(attemptKey(ref)) ?? { ref };
      runs.set(attemptKey(ref), run);
      if (run.stop && !run.end && faults.strikes('zombie', attemptKey(ref))) return;
      finish(run, { type: 'failed', durationMs: 1, failure: { kind: 'cancelled', message: reason } });
    },
    sighted: (refs) => sightingOf(runs, refs, faults.lot(`${workerId} pulls`) < PULLS),
    die() {
      watch.died(workerId, time.now());
      say(workerId, () => 'dies with all that runs on it');
      isAlive = false;
      for (const { stop } of runs.values()) stop?.();
      runs.clear();
      mail.lose();
    },
    begin() {
      say(workerId, () => 'begins anew');
      births += 1;
      [isAlive, isDraining] = [true, false];
    },
    cutOff: mail.cutOff,
    drain() {
      isDraining = true;
    },
  };
}

/** The share of workers that pull: they say that an attempt has finished, and not how. */
const PULLS = 0.5;

function sightingOf(
  runs: ReadonlyMap<string, Run>,
  refs: readonly AttemptRef[],
  pulls: boolean,
): WorkerSighting {
  const sighted = (key: string): AttemptSighting => {
    const { ref, end, stop } = runs.get(key) ?? {};
    if (end) return { status: 'finished', ...(pulls ? {} : { report: end }) };
    return { status: ref && stop ? 'running' : 'unknown' };
  };
  const keys = refs.map(attemptKey);
  const running = [...runs.values()].flatMap(({ ref, end }) => (end ? [] : [ref]));
  return { attempts: new Map(keys.map((key) => [key, sighted(key)])), running };
}

/** How an attempt goes on its worker, given what comes in its way. */
function courseOf(faults: FaultPlan, planned: Script, work: WorkItem) {
  const key = attemptKey(work);
  const hangs = faults.strikes('hang', key);
  const slower = !hangs && faults.strikes('slow', key) ? SLOWER : 1;
  const ms = hangs ? Number.POSITIVE_INFINITY : slower * planned.ms;
  const { timeoutMs } = work;
  const end = ms > timeoutMs ? timedOut(timeoutMs) : endOf(planned, ms);
  // The process that should end it may hang too: then it is over some time later, without a word.
  const isMute = hangs && faults.lot(`hang of ${key}`) < 0.3;
  return { end, isMute, afterMs: Math.min(ms, isMute ? 3 * timeoutMs : timeoutMs) };
}

/** A work item is a reference too; what is reported must not carry the rest of it. */
function refOf({ jobId, nodeId, attempt }: AttemptRef): AttemptRef {
  return { jobId, nodeId, attempt };
}

function endOf({ failure, outputs, tests }: Script, durationMs: number): AttemptReport {
  const said = { durationMs, outputs, ...(tests ? { tests } : {}) };
  return failure ? { type: 'failed', failure, ...said } : { type: 'succeeded', ...said };
}

function timedOut(timeoutMs: number): AttemptReport {
  const failure = { kind: 'timeout', message: `timed out after ${timeoutMs} ms` } as const;
  return { type: 'failed', durationMs: timeoutMs, failure };
}

/** How a worker reports: what it cannot post now, it posts when it can call again. */
interface Mail {
  readonly report: (ref: AttemptRef, said: AttemptReport) => void;
  readonly isCutOff: () => boolean;
  /** Whether something of this attempt could not be posted yet. */
  readonly holds: (ref: AttemptRef) => boolean;
  readonly cutOff: (isCutOff: boolean) => void;
  /** What was not posted is gone. */
  readonly lose: () => void;
}

function createMail({ ground, send }: Pick<WorkerDeps, 'ground' | 'send'>, workerId: string): Mail {
  const { time, faults, say } = ground;
  let unsent: { readonly key: string; readonly post: () => void }[] = [];
  let isCutOff = false;
  return {
    report(ref, said) {
      const key = `${said.type} of ${attemptKey(ref)}`;
      if (faults.strikes('lostReport', key)) return;
      const message: Message = {
        delivery: { to: jobAt(ref.jobId), message: reportMessage(ref, said, workerId) },
        origin: { id: callbackId(ref, said.type), actor: { kind: 'worker', id: workerId } },
      };
      const post = () => void time.setTimer(() => send(message), 2 + 40 * faults.lot(`post ${key}`));
      if (isCutOff) unsent.push({ key: attemptKey(ref), post });
      else post();
      if (faults.strikes('lateReport', key))
        time.setTimer(() => send(message), LATE_MS * faults.lot(`late ${key}`));
    },
    isCutOff: () => isCutOff,
    holds: (ref) => unsent.some(({ key }) => key === attemptKey(ref)),
    cutOff(isSo) {
      say(workerId, () => (isSo ? 'is cut off' : 'is back'));
      isCutOff = isSo;
      if (isSo) return;
      for (const { post } of unsent) post();
      unsent = [];
    },
    lose() {
      unsent = [];
    },
  };
}
