import type { AttemptReport } from '../messages/report';
import type { AttemptRef } from '../model/attempt';
import type { Parameters } from '../model/parameters';
import type { Work } from '../model/work';

/**
 * The Test Execution Engine: runs attempts and reports each through callbacks (`OnReport`), that it started and then how
 * it ended. A report may come more than once; however often it comes, the end of an attempt is the same.
 */
export interface TestExecutionEngine {
  /**
   * Idempotent by job, node and attempt, across restarts of the engine too: an attempt runs once, and one that has
   * ended is reported again. After a restart an attempt is reported once it is submitted again. What keeps one from
   * starting is reported as its failure.
   * @throws RepriseError UPSTREAM_UNAVAILABLE when it is not taken now, for example when all slots are.
   */
  readonly submit: (request: AttemptRequest) => Promise<void>;
  /** `unknown` is one that was neither submitted nor cancelled, here or before a restart. */
  readonly status: (ref: AttemptRef) => Promise<AttemptStatus>;
  /**
   * Ends an attempt: it fails as `cancelled`, for the first reason that is given. One that has ended stays as it is.
   * One that was not submitted yet never runs, and is reported as cancelled when it is submitted, if not before.
   */
  readonly cancel: (ref: AttemptRef, reason: string) => Promise<void>;
  /** How an attempt ended; undefined until it has. */
  readonly results: (ref: AttemptRef) => Promise<AttemptReport | undefined>;
}

export interface AttemptRequest extends AttemptRef {
  readonly work: Work;
  /** From its start; an attempt that goes on for longer is ended and fails as `timeout`. */
  readonly timeoutMs: number;
  readonly traceId: string;
  /** What the job was told. */
  readonly parameters?: Parameters;
}

export type AttemptStatus = 'unknown' | 'running' | 'finished';

export type OnReport = (ref: AttemptRef, report: AttemptReport) => void;
