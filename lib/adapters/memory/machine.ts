import type { AttemptReport } from '../../core/messages/report';
import type { AttemptRef } from '../../core/model/attempt';
import { attemptKey } from '../../core/model/attempt';
import type { SetTimer } from '../../core/model/time';
import type { AttemptRequest, OnReport, TestExecutionEngine } from '../../core/ports/execution';

/** How an attempt goes: its time in milliseconds, and how it ends. */
export interface Script {
  readonly ms: number;
  readonly end: 'succeeded' | 'failed';
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export interface MemoryMachine {
  /** Executors of one machine share what runs on it, as processes that take over from each other do. */
  readonly executor: (onReport: OnReport) => TestExecutionEngine;
  /** How often each attempt was started, by `attemptKey`. */
  readonly starts: ReadonlyMap<string, number>;
  readonly running: () => readonly string[];
  readonly mostAtOnce: () => number;
}

interface Run {
  readonly ref: AttemptRef;
  result?: AttemptReport;
  stop?: () => void;
}

/** A machine in virtual time. Commands go on when the process that started them is gone. */
export function createMemoryMachine(setTimer: SetTimer, script: (ref: AttemptRef) => Script): MemoryMachine {
  const runs = new Map<string, Run>();
  const starts = new Map<string, number>();
  let listener: OnReport = () => undefined;
  let most = 0;

  const running = () => [...runs].filter(([, run]) => !run.result).map(([key]) => key);

  function finish(run: Run, result: AttemptReport): void {
    if (run.result) return;
    run.result = result;
    listener(run.ref, result);
  }

  function start({ jobId, nodeId, attempt }: AttemptRequest): void {
    const ref = { jobId, nodeId, attempt };
    const run: Run = { ref };
    const { ms, end, outputs = {} } = script(ref);
    runs.set(attemptKey(ref), run);
    starts.set(attemptKey(ref), (starts.get(attemptKey(ref)) ?? 0) + 1);
    most = Math.max(most, running().length);
    run.stop = setTimer(() => {
      if (end === 'succeeded') finish(run, { type: 'succeeded', durationMs: ms, outputs });
      else
        finish(run, {
          type: 'failed',
          durationMs: ms,
          failure: { kind: 'exit', message: 'no', exitCode: 1 },
        });
    }, ms);
  }

  return {
    starts,
    running,
    mostAtOnce: () => most,
    executor(onReport) {
      listener = onReport;
      const mine = (ref: AttemptRef, report: AttemptReport) => {
        if (listener === onReport) onReport(ref, report);
      };
      return {
        async submit(request) {
          const known = runs.get(attemptKey(request));
          if (!known) start(request);
          mine(request, { type: 'started' });
          if (known?.result) mine(request, known.result);
        },
        async status(ref) {
          const run = runs.get(attemptKey(ref));
          return run ? (run.result ? 'finished' : 'running') : 'unknown';
        },
        async cancel(ref, reason) {
          const run = runs.get(attemptKey(ref));
          run?.stop?.();
          if (run)
            finish(run, { type: 'failed', durationMs: 1, failure: { kind: 'cancelled', message: reason } });
        },
        results: async (ref) => runs.get(attemptKey(ref))?.result,
      };
    },
  };
}
