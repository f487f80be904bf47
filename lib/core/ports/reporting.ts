import type { FailureClass } from '../model/failure';
import type {
  CapacityMetrics,
  ExecutionMetrics,
  FailureAnalysis,
  PerformanceData,
} from '../projections/reporting';

/** Over which time and what an analysis is. Times are milliseconds since the epoch. */
export interface AnalyticsCriteria {
  readonly from: number;
  readonly to: number;
  readonly graph?: string;
  readonly owner?: string;
  readonly pool?: string;
}

export interface FailureAnalyticsCriteria extends AnalyticsCriteria {
  readonly class?: FailureClass;
  readonly signature?: string;
}

export type CapacityAnalyticsCriteria = Omit<AnalyticsCriteria, 'graph'>;

export interface PerformanceInsight {
  readonly graph: string;
  /** Absent where it is about the graph as a whole. */
  readonly nodeId?: string;
  /** How long it is to be expected to run, milliseconds. */
  readonly expectedMs: number;
  readonly trend: 'faster' | 'steady' | 'slower';
  /** How many runs it rests on. */
  readonly samples: number;
  /** What to do about it, for a person. */
  readonly advice?: string;
}

export interface FailurePattern {
  readonly signature: string;
  readonly class: FailureClass;
  readonly occurrences: number;
  readonly jobs: number;
  readonly nodes: readonly string[];
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** How much of it a retry mended, 0 to 1. */
  readonly resolvedShare: number;
  readonly advice?: string;
}

export interface CapacityTrend {
  readonly pool: string;
  /** When the interval begins that it is about, and how long that is. */
  readonly at: number;
  readonly spanMs: number;
  /** Of the slots of the pool, 0 to 1. */
  readonly utilization: number;
  /** What 95 in 100 attempts waited at most, milliseconds. */
  readonly waitP95Ms: number;
  readonly advice?: string;
}

/**
 * The Execution Reporting Module: hears what jobs measured, and says what it makes of many of them. What is submitted is
 * known by its `reportId`: again, it counts once.
 * @throws RepriseError UPSTREAM_UNAVAILABLE (retryable) where it does not answer, or was left alone for a while; a terminal
 * one where it refuses
 */
export interface ExecutionReporting {
  readonly submitExecutionMetrics: (metrics: ExecutionMetrics) => Promise<void>;
  readonly submitPerformanceData: (performance: PerformanceData) => Promise<void>;
  readonly submitFailureAnalysis: (analysis: FailureAnalysis) => Promise<void>;
  readonly submitCapacityMetrics: (capacity: CapacityMetrics) => Promise<void>;
  readonly getPerformanceInsights: (criteria: AnalyticsCriteria) => Promise<readonly PerformanceInsight[]>;
  readonly getFailurePatterns: (criteria: FailureAnalyticsCriteria) => Promise<readonly FailurePattern[]>;
  readonly getCapacityTrends: (criteria: CapacityAnalyticsCriteria) => Promise<readonly CapacityTrend[]>;
}
