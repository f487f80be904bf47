/** Limits of one state machine and its execution. */
export interface MachineLimits {
  /** Bytes of the definition as it is created. */
  readonly definitionBytes: number;
  /** Events in the history of one execution. */
  readonly historyEvents: number;
  /** Levels of JSON in a definition. */
  readonly nesting: number;
}

/**
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html. AWS publishes no limit of nesting;
 * 400 levels are well inside what common JSON readers take.
 */
export const STEP_FUNCTIONS_LIMITS: MachineLimits = {
  definitionBytes: 1_048_576,
  historyEvents: 25_000,
  nesting: 400,
};

/** What the placeholders in a definition become at most when it is deployed, in bytes. */
export const LONGEST_QUEUE_URL = 300;
export const LONGEST_MACHINE_ARN = 256;

/** A machine is filled up to this share of the history, so that retries of a throttled call still fit. */
export const HISTORY_SHARE = 0.9;

/** A warning is given from this share of a quota on. */
export const WARNING_SHARE = 0.8;

/** Events in the history of an execution, https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */
export const HISTORY_EVENTS = {
  /** ExecutionStarted, ExecutionSucceeded. */
  execution: 2,
  /** TaskStateEntered, TaskScheduled, TaskStarted, TaskSubmitted, TaskSucceeded or TaskFailed, TaskStateExited. */
  task: 6,
  /** ParallelStateEntered, ParallelStateStarted, ParallelStateSucceeded, ParallelStateExited. */
  parallel: 4,
  /** PassStateEntered, PassStateExited. */
  pass: 2,
} as const;
