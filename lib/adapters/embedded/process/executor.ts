import { resolve } from 'node:path';
import { LRUCache } from 'lru-cache';
import { RepriseError } from '../../../core/errors';
import { LIMITS } from '../../../core/limits';
import type { AttemptRef } from '../../../core/model/attempt';
import type { Failure } from '../../../core/model/failure';
import { present } from '../../../core/model/present';
import type { Clock } from '../../../core/model/time';
import type { AttemptRequest, OnReport, TestExecutionEngine } from '../../../core/ports/execution';
import type { Secrets } from '../../../core/ports/secrets';
import { type AttemptFiles, attemptFiles } from '../disk/attempt-files';
import { type Claim, claimForNobody, createAttemptsDir, readClaim, readVerdict, writeVerdict } from './claim';
import type { RunAs } from './guard';
import type { Launcher } from './launcher';
import { createLaunchers } from './launchers';
import { createOutfit } from './outfit';
import { settleOutputs } from './raw-outputs';
import { commandOf, notStarted, unknownSuite } from './refusal';
import { clip, hasEnded, recordedReport } from './report';
import { commandToRun, planTests, prepareTests, type TestPlan } from './reports/plan';
import { type Revealed, reveal } from './reveal';
import { signalAll } from './signals';
import { createWatch, type Running, testsOf } from './watch';
import { type Launch, launch, startOf } from './wrapper';

export interface ProcessExecutorOptions {
  /** The files of attempts are `<dir>/<jobId>/attempts/<nodeId>.<attempt>.*`. */
  readonly dir: string;
  readonly onReport: OnReport;
  readonly clock: Clock;
  /** Commands of suites by suite id. */
  readonly suites?: Readonly<Record<string, string>>;
  /** What commands see besides the few variables listed in `environment.ts`. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it knows of the secrets that commands name; nothing by default. */
  readonly secrets?: Secrets;
  /** Whom commands run as, where we are root; us by default. */
  readonly runAs?: RunAs;
  /** A shell's words in front of the shell of each command, such as `podman run --rm image`. */
  readonly isolate?: string;
  /** Working directory of commands; ours by default. */
  readonly cwd?: string;
  /** Bytes that each log of an attempt may take; 10 MiB by default. */
  readonly logCapBytes?: number;
  /** Milliseconds between SIGTERM and SIGKILL; 5,000 by default. */
  readonly graceMs?: number;
  /** How many attempts this process starts by itself before a launcher does it; 4 by default. */
  readonly startedHere?: number;
}

export interface ProcessExecutor extends TestExecutionEngine {
  /** Stops watching and reporting. Commands run on; the next executor of this directory adopts them. */
  readonly close: () => Promise<void>;
  /**
   * Stops every running command and resolves when all have ended and are reported.
   * @param graceMs between SIGTERM and SIGKILL; 0 kills at once. As in the options when not given.
   */
  readonly killAll: (reason: string, graceMs?: number) => Promise<void>;
  /** Resolves when nothing runs. */
  readonly drained: () => Promise<void>;
}

const DEFAULT_LOG_CAP = 10 * 1024 * 1024;
const DEFAULT_GRACE_MS = 5_000;
/** Fewer are started sooner than a launcher is. */
const DEFAULT_STARTED_HERE = 4;

/** A directory of attempts as this process knows it. Of one that it has forgotten, the files say what it did. */
interface Room {
  readonly isOurs: boolean;
  readonly touched: Set<string>;
}

/**
 * Runs attempts as child processes of this machine, each exactly once, whenever this process is killed: the
 * wrapper of the command claims the attempt by creating a file, and adds its exit status to it. A process
 * that takes over adopts what runs and reports what ended. See docs/worker.md.
 */
export function createProcessExecutor(options: ProcessExecutorOptions): ProcessExecutor {
  const { clock, suites = {}, env = {}, runAs, isolate, secrets = NO_SECRETS } = options;
  const root = resolve(options.dir);
  const cwd = resolve(options.cwd ?? '.');
  const machine = { cwd, runAs, isolate };
  const outfit = createOutfit({ ...machine, env });
  let isClosed = false;
  const isUntouched = createRooms(outfit.open);
  let leftHere = options.startedHere ?? DEFAULT_STARTED_HERE;
  let launcher: Launcher | undefined;
  const onReport: OnReport = (ref, report) => {
    if (!isClosed) options.onReport(ref, report);
  };
  const refuse = refusal(onReport);
  const watch = createWatch({
    clock,
    onReport,
    logCapBytes: options.logCapBytes ?? DEFAULT_LOG_CAP,
    graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
  });

  async function submit(request: AttemptRequest): Promise<void> {
    if (isClosed) throw new RepriseError('UPSTREAM_UNAVAILABLE', 'this executor is closed');
    const ref = refOf(request);
    if (watch.get(ref)) return;
    const { work, timeoutMs } = request;
    const revealed = work.secrets ? await reveal(work.secrets, secrets) : NOTHING;
    // Meanwhile somebody else may have begun the same.
    if (work.secrets && (isClosed || watch.get(ref))) return;
    const files = attemptFiles(root, ref);
    const command = commandOf(work, suites);
    const plan = command === undefined ? undefined : planTests({ ...machine, work, command, files });
    const entry: Running = { ref, files, startedAt: clock(), ...toMask(revealed), ...present({ plan }) };
    if (!isUntouched(files) && takeOver(entry, timeoutMs)) return;
    if (command === undefined) refuse(ref, files, unknownSuite(work, suites));
    else if ('failure' in revealed) refuse(ref, files, revealed.failure);
    else {
      const { values } = revealed;
      const prepare = () => outfit.launchOf({ ...entry, ...prepared(command, plan), request, values });
      await start(entry, prepare, timeoutMs);
    }
  }

  /** Resolves when its wrapper has been started, or could not be. */
  async function start(entry: Running, prepare: () => Launch, timeoutMs: number): Promise<void> {
    let what: Launch;
    try {
      what = prepare();
    } catch (error) {
      return refuse(entry.ref, entry.files, notStarted(error, cwd));
    }
    watch.add(entry, { timeoutMs, leftMs: timeoutMs });
    leftHere -= 1;
    if (leftHere < 0) launcher ??= createLaunchers();
    if (launcher && (await startByLauncher(launcher, entry, what))) return;
    if (startHere(entry, what)) onReport(entry.ref, { type: 'started' });
  }

  /** False when this one is to be started from here, as the launcher does not take it or is gone. */
  function startByLauncher(by: Launcher, entry: Running, what: Launch): Promise<boolean> {
    return new Promise((resolve) => {
      let isStarted = false;
      const isOpen = () => !isClosed && !entry.verdict;
      // At once, as the end may follow in the same breath.
      const started = () => {
        if (!isStarted) onReport(entry.ref, { type: 'started' });
        isStarted = true;
        resolve(true);
      };
      const isTaken = by.start(startOf(what), {
        started,
        exited(pid, code) {
          const claim = readClaim(entry.files);
          // Not even its wrapper could run. From here it is seen why.
          if (isOpen() && !claim) startHere(entry, what);
          else watch.exited(entry, { pid, code }, claim);
        },
        lost() {
          // Should its wrapper come after all, one of the two finds the attempt claimed and does nothing.
          if (isOpen() && !readClaim(entry.files)) {
            if (isStarted) startHere(entry, what);
            resolve(isStarted);
            return;
          }
          started();
          watch.adopt(entry);
        },
      });
      if (!isTaken) resolve(false);
    });
  }

  /** False when the attempt could not be started, and is reported as such. */
  function startHere(entry: Running, what: Launch): boolean {
    const { ref, files } = entry;
    const failed = (error: unknown) => {
      watch.drop(entry);
      refuse(ref, files, notStarted(error, cwd));
    };
    try {
      const child = launch(what);
      if (child.pid === undefined) {
        child.on('error', failed);
        return false;
      }
      watch.follow(entry, child);
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  }

  /** Continues an attempt that an earlier process of ours left behind; false when nobody has claimed it. */
  function takeOver(entry: Running, timeoutMs: number | undefined): boolean {
    const { ref, files, secrets } = entry;
    const verdict = readVerdict(files);
    // Who stopped it died before anything ran: keep a wrapper that starts late from running it.
    if (verdict) claimForNobody(files);
    const claim = readClaim(files);
    if (!claim) return false;
    if (hasEnded(files)) {
      if (verdict || readClaim(files)?.status === undefined) signalAll(files, 'SIGKILL');
      settleOutputs(files, secrets);
      testsOf({ ...entry, ...claimed(claim), ...present({ verdict }) }, readClaim(files)?.status);
      onReport(ref, recordedReport(files));
      return true;
    }
    const { startedAt = entry.startedAt } = claim;
    const leftMs = startedAt + (timeoutMs ?? 0) - clock();
    const adopted: Running = { ...entry, startedAt };
    watch.add(adopted, timeoutMs === undefined ? undefined : { timeoutMs, leftMs });
    watch.adopt(adopted);
    onReport(ref, { type: 'started' });
    if (verdict) watch.stop(adopted, verdict);
    return true;
  }

  /** Also of an attempt that was never submitted: it will not run any more, and is reported as cancelled. */
  async function cancel(request: AttemptRef, reason: string): Promise<void> {
    const ref = refOf(request);
    const failure: Failure = { kind: 'cancelled', message: clip(reason) };
    const files = attemptFiles(root, ref);
    const known = watch.get(ref);
    if (known) return watch.stop(known, failure);
    if (isUntouched(files) || !readClaim(files)) writeVerdict(files, failure);
    takeOver({ ref, files, startedAt: clock() }, undefined);
    const adopted = watch.get(ref);
    if (adopted) watch.stop(adopted, failure);
  }

  return {
    submit,
    cancel,
    async status(ref) {
      if (watch.get(ref)) return 'running';
      const files = attemptFiles(root, ref);
      if (!readClaim(files)) return 'unknown';
      return hasEnded(files) ? 'finished' : 'running';
    },
    async results(ref) {
      const files = attemptFiles(root, ref);
      if (watch.get(ref) || !readClaim(files) || !hasEnded(files)) return undefined;
      return recordedReport(files);
    },
    async close() {
      isClosed = true;
      watch.close();
      launcher?.close();
    },
    async killAll(reason, graceMs) {
      const failure: Failure = { kind: 'cancelled', message: clip(reason) };
      for (const entry of watch.all()) watch.stop(entry, failure, graceMs);
      await watch.drained();
    },
    drained: watch.drained,
  };
}

/**
 * Makes sure that an attempt's files can be written, and says whether nobody can have written any. To ask the disk would
 * mean to wait for those who create files in the same directory.
 */
function createRooms(open: (files: AttemptFiles) => void): (files: AttemptFiles) => boolean {
  const rooms = new LRUCache<string, Room>({ max: LIMITS.attemptDirs });
  return (files) => {
    const { dir, base } = files;
    let room = rooms.get(dir);
    if (!room) {
      room = { isOurs: createAttemptsDir({ dir }), touched: new Set() };
      open(files);
      rooms.set(dir, room);
    }
    const isFirst = room.isOurs && !room.touched.has(base);
    if (room.isOurs) room.touched.add(base);
    return isFirst;
  };
}

/** The attempt ends before it begins: nothing runs it, now or later. */
function refusal(onReport: OnReport) {
  return (ref: AttemptRef, files: AttemptFiles, failure: Failure): void => {
    try {
      writeVerdict(files, failure);
      claimForNobody(files);
    } catch {
      // The same full disk that keeps the command from starting. The report below still stands.
    }
    onReport(ref, { type: 'failed', durationMs: 0, failure });
  };
}

/** Its command, or that of a rerun of tests, with what that needs. */
function prepared(command: string, plan: TestPlan | undefined) {
  if (!plan) return { command };
  prepareTests(plan);
  const { command: run, env } = commandToRun(plan);
  return { command: run, ...present({ more: env }) };
}

const claimed = ({ startedAt }: Claim) => present({ startedAt });

const NOTHING: Revealed = { values: {} };

const NO_SECRETS: Secrets = {
  resolve: (name) => Promise.reject(new Error(`nothing is known here of secrets, ${name} included`)),
};

/** Where they could not be had, nobody knows what to mask. */
function toMask(revealed: Revealed): Pick<Running, 'secrets'> {
  return 'values' in revealed ? { secrets: Object.values(revealed.values) } : {};
}

/** A request is a reference too; what is reported must not carry the rest of it. */
function refOf({ jobId, nodeId, attempt }: AttemptRef): AttemptRef {
  return { jobId, nodeId, attempt };
}
