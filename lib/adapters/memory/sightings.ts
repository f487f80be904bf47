import { type AttemptRef, attemptKey, attemptOf } from '../../core/model/attempt';
import { present } from '../../core/model/present';
import type { Clock } from '../../core/model/time';
import type { Workflow } from '../../core/ports/effects';
import type { TestExecutionEngine } from '../../core/ports/execution';
import type {
  AttemptSighting,
  ExecutionSighting,
  ExecutionSightings,
  RunningExecution,
  WorkerSightings,
} from '../../core/ports/sightings';

/** Workers that share an executor, as each of them would answer. Nobody is trusted: asking costs nothing. */
export function executorSightings(
  executor: Pick<TestExecutionEngine, 'status' | 'results'>,
  workers: {
    /** Keys of the attempts that run, by `attemptKey`, with the worker that has them. */
    readonly running: () => readonly { readonly key: string; readonly workerId: string | undefined }[];
    /** Whether it would answer. */
    readonly answers: (workerId: string) => boolean;
  },
): WorkerSightings {
  async function sighted(ref: AttemptRef): Promise<AttemptSighting> {
    const status = await executor.status(ref);
    if (status !== 'finished') return { status };
    return { status, ...present({ report: await executor.results(ref) }) };
  }
  return {
    trusted: async () => new Set(),
    async of({ workerId }, refs) {
      if (!workers.answers(workerId)) return undefined;
      const attempts = new Map<string, AttemptSighting>();
      for (const ref of refs) attempts.set(attemptKey(ref), await sighted(ref));
      const running = workers.running().filter((each) => each.workerId === workerId);
      return { attempts, running: running.map(({ key }) => attemptOf(key)) };
    },
  };
}

/** A workflow whose executions can be seen, and can end behind the engine's back. */
export interface SightedWorkflow<W> {
  readonly workflow: W;
  readonly sightings: ExecutionSightings;
  /** Ends an execution as a person does at a console: nobody is told. */
  readonly abort: (jobId: string) => Promise<void>;
}

/** What begins again under the name that it had runs from then on. */
type Redrivable = Workflow & { readonly redrive?: (jobId: string, run: number) => void };

/** Watches a workflow from outside: what it was told to start, to stop and to answer. */
export function sightedWorkflow<W extends Redrivable>(inner: W, clock: Clock): SightedWorkflow<W> {
  const began = new Map<string, { readonly jobId: string; readonly run: number; readonly at: number }>();
  const ends = new Map<string, Exclude<ExecutionSighting, { status: 'running' | 'unstarted' }>>();
  const nameOf = (jobId: string, run: number) => (run === 1 ? jobId : `${jobId}#${run}`);
  const latest = (jobId: string): number =>
    Math.max(1, ...[...began.values()].filter((each) => each.jobId === jobId).map(({ run }) => run));

  async function abort(jobId: string): Promise<void> {
    const run = latest(jobId);
    const name = nameOf(jobId, run);
    if (!ends.has(name)) ends.set(name, { status: 'ended', ending: 'aborted', reason: 'stopped by hand' });
    await inner.stop(jobId, 'stopped by hand', run);
  }

  const workflow: W = {
    ...inner,
    async start(jobId, graphHash, run) {
      const name = nameOf(jobId, run);
      if (!ends.has(name) && !began.has(name)) began.set(name, { jobId, run, at: clock() });
      await inner.start(jobId, graphHash, run);
    },
    async answerOutcome(jobId, token, status) {
      ends.set(nameOf(jobId, latest(jobId)), { status: 'ended', ending: 'succeeded', reason: status });
      await inner.answerOutcome(jobId, token, status);
    },
    ...(inner.redrive && {
      redrive(jobId: string, run: number) {
        ends.delete(nameOf(jobId, run));
        inner.redrive?.(jobId, run);
      },
    }),
    async stop(jobId, reason, run) {
      ends.set(nameOf(jobId, run), { status: 'stopped' });
      await inner.stop(jobId, reason, run);
    },
  };
  return {
    workflow,
    abort,
    sightings: {
      async of(jobId, run) {
        const name = nameOf(jobId, run);
        const end = ends.get(name);
        if (end) return end;
        return began.has(name) ? { status: 'running', id: jobId } : { status: 'unstarted' };
      },
      async *running(_turn, live) {
        const open: RunningExecution[] = [];
        for (const [name, { jobId, at }] of began)
          if (!ends.has(name) && !live.has(jobId)) open.push({ id: jobId, jobId, startedAt: at });
        yield open;
      },
      stop: abort,
    },
  };
}
