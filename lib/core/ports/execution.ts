import type { AttemptReport } from '../messages/report';
import type { AttemptRef } from '../model/attempt';
import type { Parameters } from '../model/parameters';
import type { Work } from '../model/work';

/**
 * The Test Execution Engine: runs attempts and reports each through callbacks (`OnReport`).
 * `submit` is idempotent by job, node and attempt, across restarts of the engine too: an attempt runs once.
 */
export interface TestExecutionEngine {
  readonly submit: (request: AttemptRequest) => Promise<void>;
  readonly status: (ref: AttemptRef) => Promise<AttemptStatus>;
  readonly cancel: (ref: AttemptRef, reason: string) => Promise<void>;
  readonly results: (ref: AttemptRef) => Promise<AttemptReport | undefined>;
}

export interface AttemptRequest extends AttemptRef {
  readonly work: Work;
  readonly timeoutMs: number;
  readonly traceId: string;
  /** What the job was told. */
  readonly parameters?: Parameters;
}

export type AttemptStatus = 'unknown' | 'running' | 'finished';

export type OnReport = (ref: AttemptRef, report: AttemptReport) => void;
