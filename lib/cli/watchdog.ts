import type { EmbeddedRuntime } from '../adapters/embedded/runtime/runtime';
import type { Subject } from '../core/engine/reconciler';

/** Between two turns, in milliseconds. */
const EVERY_MS = 30_000;
/** What is younger counts as under way. */
const GRACE_MS = 20_000;
/** Stalls that are repaired before the job is given up: one that stalls again and again is not helped. */
const MAX_STALLS = 20;

export interface Watchdog {
  readonly end: () => void;
}

/**
 * Repairs a job of this process that lost something on its way. When nothing runs any more and the job is not over, it is
 * repaired at once; where there is nothing to repair, that is said, as a silent exit would look like an end.
 */
export function watchJob(runtime: Pick<EmbeddedRuntime, 'reconciler' | 'view'>, jobId: string): Watchdog {
  const subjects: readonly Subject[] = [{ kind: 'job', id: jobId, thorough: true }];
  const say = (message: string, of: object) =>
    void process.stderr.write(`reprise: ${message}: ${JSON.stringify(of)}\n`);
  const options = { streams: { view: runtime.view }, warn: say };
  const patient = runtime.reconciler({ ...options, graceMs: GRACE_MS });
  const atOnce = runtime.reconciler({ ...options, graceMs: 0 });
  let stalls = 0;

  // It must not keep a process alive that has nothing else to do: that is a stall.
  const turns = setInterval(() => void patient.reconcile(subjects).catch(() => undefined), EVERY_MS).unref();

  async function repair(): Promise<void> {
    stalls += 1;
    const repairs = stalls > MAX_STALLS ? [] : await atOnce.reconcile(subjects).catch(() => []);
    if (repairs.length > 0) return;
    process.off('beforeExit', onStall);
    process.stderr.write('reprise: the job has stalled, which is a defect of reprise; it can be resumed\n');
  }

  const onStall = () => void repair();
  process.on('beforeExit', onStall);
  return {
    end() {
      clearInterval(turns);
      process.off('beforeExit', onStall);
    },
  };
}
