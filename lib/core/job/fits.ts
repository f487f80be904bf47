import type { JobMessage } from '../messages/job';
import { JOB_OUTCOMES } from '../model/outcome';

/** What is asked of jobs that are under way, in words. One that is over has no use for it. */
const OF_LIVE_JOBS: Partial<Record<JobMessage['type'], string>> = {
  cancel: 'cancelled',
  pause: 'paused',
  unpause: 'unpaused',
  reprioritise: 'given another priority',
};

/**
 * Why a command does not fit the status of its job; undefined where it does. What the job has had done to it already is no
 * conflict: it stays so.
 */
export function misfit(command: JobMessage['type'], status: string): string | undefined {
  if (command === 'retry' && status === 'succeeded')
    return 'the job has succeeded: nothing of it has failed that could be tried again';
  const done = OF_LIVE_JOBS[command];
  return done !== undefined && (JOB_OUTCOMES as readonly string[]).includes(status)
    ? `the job is ${status}: it cannot be ${done} any more`
    : undefined;
}
