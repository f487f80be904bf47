import type { ChildProcess } from 'node:child_process';
import type { AttemptRef } from '../../../core/model/attempt';
import type { Failure } from '../../../core/model/failure';
import { present } from '../../../core/model/present';
import type { Clock } from '../../../core/model/time';
import type { OnReport } from '../../../core/ports/execution';
import type { Judgement } from '../../../reports/judge';
import type { AttemptFiles } from '../disk/attempt-files';
import { narrow } from '../disk/privacy';
import { type Claim, claimForNobody, readClaim, recordedDuration, writeVerdict } from './claim';
import { capLog } from './logs';
import { settleOutputs } from './raw-outputs';
import { notClaimed } from './refusal';
import { hasEnded, reportOf } from './report';
import { settleTests } from './reports/collect';
import type { TestPlan } from './reports/plan';
import { signalAll, signalGroup } from './signals';

export interface Running {
  readonly ref: AttemptRef;
  readonly files: AttemptFiles;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Started by this process itself: its exit is an event. */
  child?: ChildProcess;
  /** Nobody tells us of its exit: it is polled. */
  isAdopted?: boolean;
  /** Values that must not be seen. */
  readonly secrets?: readonly string[];
  /** Of an attempt whose node has `reports`. */
  readonly plan?: TestPlan;
  verdict?: Failure;
  deadline?: NodeJS.Timeout;
  kill?: NodeJS.Timeout;
}

export interface WatchDeps {
  readonly clock: Clock;
  readonly onReport: OnReport;
  readonly logCapBytes: number;
  readonly graceMs: number;
}

/** The attempts that run: notices their ends, keeps their deadlines and the size of their logs. */
export interface Watch {
  readonly get: (ref: AttemptRef) => Running | undefined;
  readonly all: () => Iterable<Running>;
  /** @param limit what it may take in all and what is left of that, milliseconds; without one it may run on. */
  readonly add: (entry: Running, limit?: { readonly timeoutMs: number; readonly leftMs: number }) => void;
  /** Watches this child of ours, which runs an attempt that was added, or finds that another one does. */
  readonly follow: (entry: Running, child: ChildProcess) => void;
  /** Watches an attempt whose process is no child of ours. */
  readonly adopt: (entry: Running) => void;
  /** The wrapper with this process id has ended, and left this claim. */
  readonly exited: (entry: Running, wrapper: EndedWrapper, claim: Claim | undefined) => void;
  /** Forgets one attempt, which is reported otherwise. */
  readonly drop: (entry: Running) => void;
  /** Ends an attempt with this failure. @param grace milliseconds between SIGTERM and SIGKILL. */
  readonly stop: (entry: Running, failure: Failure, grace?: number) => void;
  /** Resolves when nothing runs. */
  readonly drained: () => Promise<void>;
  /** Forgets what runs. */
  readonly close: () => void;
}

export interface EndedWrapper {
  readonly pid: number | undefined;
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
}

/** How often adopted attempts are looked at, and how often logs are measured, milliseconds. */
const POLL_MS = 50;
const LOG_CHECK_MS = 250;

export function createWatch({ clock, onReport, logCapBytes, graceMs }: WatchDeps): Watch {
  const running = new Map<string, Running>();
  const waiting: (() => void)[] = [];
  let adopted = 0;
  let poll: NodeJS.Timeout | undefined;
  let logCheck: NodeJS.Timeout | undefined;

  function adopt(entry: Running): void {
    delete entry.child;
    if (entry.isAdopted || running.get(keyOf(entry.ref)) !== entry) return;
    entry.isAdopted = true;
    adopted += 1;
    poll ??= setInterval(pollAdopted, POLL_MS);
  }

  function pollAdopted(): void {
    for (const entry of running.values()) {
      if (entry.isAdopted && hasEnded(entry.files)) finish(entry, readClaim(entry.files));
    }
  }

  function exited(entry: Running, { pid, code }: EndedWrapper, claim: Claim | undefined): void {
    if (running.get(keyOf(entry.ref)) !== entry) return;
    if (claim?.status === undefined && claim?.pid && claim.pid !== pid) {
      // A wrapper that a dead process of ours had just started was faster: that one runs the attempt.
      adopt(entry);
      return;
    }
    if (!claim) entry.verdict ??= notClaimed(entry.files);
    // An exit of its own accord: the status could not be written, as on a full disk.
    const told = claim?.pid && code !== undefined ? { status: code } : {};
    finish(entry, { ...told, ...claim });
  }

  function finish(entry: Running, claim: Claim = {}): void {
    const { ref, files, isAdopted, secrets, verdict } = entry;
    const { status, hasNoOutputs } = claim;
    forget(entry);
    if (verdict || status === undefined) signalAll(files, 'SIGKILL');
    capLogs(files, logCapBytes);
    settleOutputs(files, secrets);
    if (!hasNoOutputs) narrow(files.outputs);
    const durationMs = isAdopted ? recordedDuration(files, claim) : Math.max(0, clock() - entry.startedAt);
    const ending = { verdict, status, ...present({ hasNoOutputs }) };
    onReport(ref, reportOf(files, ending, durationMs, testsOf(entry, status)));
  }

  function forget(entry: Running): void {
    running.delete(keyOf(entry.ref));
    clearTimeout(entry.deadline);
    clearTimeout(entry.kill);
    if (entry.isAdopted) adopted -= 1;
    if (adopted === 0) poll = stopTimer(poll);
    if (running.size > 0) return;
    logCheck = stopTimer(logCheck);
    for (const wake of waiting.splice(0)) wake();
  }

  function stop(entry: Running, failure: Failure, grace = graceMs): void {
    if (readClaim(entry.files)?.status !== undefined) return;
    if (!entry.verdict) {
      entry.verdict = failure;
      writeVerdict(entry.files, failure);
      // A wrapper that has not claimed yet never will.
      claimForNobody(entry.files);
    }
    if (!entry.kill) signalGroup(entry, 'SIGTERM');
    clearTimeout(entry.kill);
    entry.kill = setTimeout(() => signalGroup(entry, 'SIGKILL'), grace);
  }

  return {
    get: (ref) => running.get(keyOf(ref)),
    all: () => running.values(),
    add(entry, limit) {
      running.set(keyOf(entry.ref), entry);
      if (limit) {
        const failure: Failure = { kind: 'timeout', message: `timed out after ${limit.timeoutMs} ms` };
        entry.deadline = setTimeout(() => stop(entry, failure), Math.max(0, limit.leftMs));
      }
      logCheck ??= setInterval(() => capAll(running.values(), logCapBytes, clock()), LOG_CHECK_MS);
    },
    follow(entry, child) {
      entry.child = child;
      child.on('exit', (code) => {
        exited(entry, { pid: child.pid, code: code ?? undefined }, readClaim(entry.files));
      });
    },
    adopt,
    exited,
    drop: forget,
    stop,
    async drained() {
      if (running.size > 0) await new Promise<void>((wake) => waiting.push(wake));
    },
    close() {
      for (const entry of running.values()) {
        forget(entry);
        entry.child?.unref();
      }
    },
  };
}

/** What the reports of an attempt that has ended say. */
export function testsOf(
  { files, plan, startedAt, secrets, verdict }: Running,
  status: number | undefined,
): Judgement | undefined {
  return plan && settleTests({ files, plan, startedAt, status, verdict, secrets });
}

/** Whose logs are not there yet is not looked for: that waits for those who create files beside them. */
function capAll(entries: Iterable<Running>, bytes: number, now: number): void {
  for (const { files, startedAt } of entries) if (startedAt + LOG_CHECK_MS <= now) capLogs(files, bytes);
}

function capLogs({ stdout, stderr }: AttemptFiles, bytes: number): void {
  capLog(stdout, bytes);
  capLog(stderr, bytes);
}

function keyOf({ jobId, nodeId, attempt }: AttemptRef): string {
  return `${jobId}/${nodeId}/${attempt}`;
}

function stopTimer(timer: NodeJS.Timeout | undefined): undefined {
  clearInterval(timer);
  return undefined;
}
