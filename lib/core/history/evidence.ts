import type { Correction } from '../model/correction';
import type { FailureClass } from '../model/failure';
import type { ReadOnly } from '../model/read-only';

/** What retries of one strategy came to, after failures of one signature and class. Times are milliseconds. */
export interface StrategyEffect {
  readonly class: FailureClass;
  /** As `node.retryScheduled` names it. */
  readonly strategy: string;
  /** Retries that ended by themselves. Those that were lost or cancelled say nothing. */
  readonly attempts: number;
  /** Those of them that succeeded. */
  readonly resolved: number;
  /** Before they began. */
  readonly waitedMs: number;
  /** While they ran. */
  readonly spentMs: number;
  /** While they ran, times the slots that they held: what money is reckoned from. */
  readonly slotMs: number;
}

/** `flaky`: the same input has passed and failed. `stable`: often enough it never did. `unknown`: too few attempts. */
export type FlakeVerdict = 'flaky' | 'stable' | 'unknown';

/** How often something fails though its input has passed as well, of the latest attempts. */
export interface FlakeRate {
  readonly verdict: FlakeVerdict;
  /** Attempts that count: of inputs that have passed at least once. */
  readonly attempts: number;
  /** Those of them that failed. */
  readonly failures: number;
  /** `failures` by `attempts`, 0 without any. */
  readonly rate: number;
  /** Ends of the 95 % interval of the true rate. */
  readonly low: number;
  readonly high: number;
}

/** A known flake, whose failures are warnings until it expires. Times are milliseconds since the epoch. */
export interface Quarantine {
  /** Of a node its hash, of a test its key. */
  readonly id: string;
  readonly of: 'node' | 'test';
  /** What it is, for a person. */
  readonly name: string;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** Who entered it. */
  readonly by: string;
  readonly createdAt: number;
  /** From then on its failures count again. */
  readonly expiresAt: number;
}

/** What earlier jobs say of a failed attempt. The shell adds it to the input, so that the decision stays pure. */
export interface RetryEvidence {
  /** Of the signature of the failure, in all jobs of the deployment; empty where nothing is known. */
  readonly ofSignature: readonly StrategyEffect[];
  /** Of the node. */
  readonly flake?: FlakeRate;
  /** Of the node and of its failed tests, those that have expired included. */
  readonly quarantines?: ReadOnly<Quarantine[]>;
  /** The latest one of the signature. */
  readonly correction?: Correction;
}
