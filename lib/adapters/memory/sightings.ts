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
export interface SightedWorkflow<W extends Workflow> {
  readonly workflow: W;
  readonly sightings: ExecutionSightings;
  /** Ends an execution as a person does at a console: nobody is told. */
  readonly abort: (jobId: string) => Promise<void>;
}

/** Watches a workflow from outside: what it was told to start, to stop and to answer. An execution is named by its job. */
export function sightedWorkflow<W extends Workflow>(inner: W, clock: Clock): SightedWorkflow<W> {
  const startedAt = new Map<string, number>();
  const ends = new Map<string, Exclude<ExecutionSighting, { status: 'running' | 'unstarted' }>>();

  async function abort(jobId: string): Promise<void> {
    if (!ends.has(jobId)) ends.set(jobId, { status: 'ended', ending: 'aborted', reason: 'stopped by hand' });
    await inner.stop(jobId, 'stopped by hand');
  }

  const workflow: W = {
    ...inner,
    async start(jobId, graphHash) {
      if (!ends.has(jobId) && !startedAt.has(jobId)) startedAt.set(jobId, clock());
      await inner.start(jobId, graphHash);
    },
    async answerOutcome(jobId, token, status) {
      ends.set(jobId, { status: 'ended', ending: 'succeeded', reason: status });
      await inner.answerOutcome(jobId, token, status);
    },
    async stop(jobId, reason) {
      ends.set(jobId, { status: 'stopped' });
      await inner.stop(jobId, reason);
    },
  };
  return {
    workflow,
    abort,
    sightings: {
      async of(jobId) {
        const end = ends.get(jobId);
        if (end) return end;
        return startedAt.has(jobId) ? { status: 'running', id: jobId } : { status: 'unstarted' };
      },
      async *running(_turn, live) {
        const open: RunningExecution[] = [];
        for (const [jobId, at] of startedAt)
          if (!ends.has(jobId) && !live.has(jobId)) open.push({ id: jobId, jobId, startedAt: at });
        yield open;
      },
      stop: abort,
    },
  };
}
