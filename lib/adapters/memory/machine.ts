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

  /** One whose cancellation comes first has ended before it begins. */
  function entryOf(of: AttemptRef): Run {
    const ref = refOf(of);
    const run = runs.get(attemptKey(ref)) ?? { ref };
    runs.set(attemptKey(ref), run);
    return run;
  }

  function start(request: AttemptRequest): Run {
    const run = entryOf(request);
    const key = attemptKey(run.ref);
    const planned = script(run.ref);
    starts.set(key, (starts.get(key) ?? 0) + 1);
    most = Math.max(most, running().length);
    const { timeoutMs } = request;
    const end = planned.ms > timeoutMs ? timedOut(timeoutMs) : endOf(planned);
    run.stop = setTimer(() => finish(run, end), Math.min(planned.ms, timeoutMs));
    return run;
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
          const { ref, result } = runs.get(attemptKey(request)) ?? start(request);
          mine(ref, { type: 'started' });
          if (result) mine(ref, result);
        },
        async status(ref) {
          const run = runs.get(attemptKey(ref));
          return run ? (run.result ? 'finished' : 'running') : 'unknown';
        },
        async cancel(ref, reason) {
          const run = entryOf(ref);
          run.stop?.();
          finish(run, { type: 'failed', durationMs: 1, failure: { kind: 'cancelled', message: reason } });
        },
        results: async (ref) => runs.get(attemptKey(ref))?.result,
      };
    },
  };
}

/** A request is a reference too; what is reported must not carry the rest of it. */
function refOf({ jobId, nodeId, attempt }: AttemptRef): AttemptRef {
  return { jobId, nodeId, attempt };
}

function endOf({ ms, end, outputs = {} }: Script): AttemptReport {
  if (end === 'succeeded') return { type: 'succeeded', durationMs: ms, outputs };
  return { type: 'failed', durationMs: ms, failure: { kind: 'exit', message: 'no', exitCode: 1 } };
}

function timedOut(timeoutMs: number): AttemptReport {
  const failure = { kind: 'timeout', message: `timed out after ${timeoutMs} ms` } as const;
  return { type: 'failed', durationMs: timeoutMs, failure };
}
