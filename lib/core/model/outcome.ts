/** How a node ended. */
export const OUTCOMES = ['succeeded', 'failed', 'skipped', 'cancelled'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How a job ended. */
export const JOB_OUTCOMES = ['succeeded', 'failed', 'cancelled'] as const;
export type JobOutcome = (typeof JOB_OUTCOMES)[number];

/** How the workflow of a job ended that nobody had told to end. */
export const WORKFLOW_ENDINGS = ['failed', 'timed_out', 'aborted'] as const;
export type WorkflowEnding = (typeof WORKFLOW_ENDINGS)[number];

/** `new`: nobody has submitted it. */
export type JobStatus = 'new' | 'submitted' | 'running' | JobOutcome;

export function isOver(status: JobStatus): status is JobOutcome {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}
