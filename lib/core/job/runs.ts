import { isOver } from '../model/outcome';
import type { ReadOnly } from '../model/read-only';
import type { JobState } from './state';

/**
 * The number of the run of its workflow that a job would begin now. An event that names it in `run` begins it. Of a job that
 * ended before it was admitted the first run was stopped, and never begins.
 */
export function nextRun({ run, status }: Pick<ReadOnly<JobState>, 'run' | 'status'>): number {
  return (run ?? (isOver(status) ? 1 : 0)) + 1;
}

/** The run that an event begins, if it does. */
export function runOf({ type, data }: { readonly type: string; readonly data: object }): number | undefined {
  if (type === 'job.admitted') return 1;
  if (type === 'job.workflowEnded') return undefined;
  return 'run' in data && typeof data.run === 'number' ? data.run : undefined;
}

/** Notes that an event begins a run. How the last one ended is of no interest from then on. */
export function beginRun(state: JobState, event: { readonly type: string; readonly data: object }): void {
  const run = runOf(event);
  if (run === undefined || run <= (state.run ?? 0)) return;
  state.run = run;
  delete state.workflowEnded;
}
