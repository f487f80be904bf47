import type * as z from 'zod';
import type {
  capacityMetricsBody,
  capacityTrends,
  executionMetricsBody,
  failureAnalysisBody,
  failurePatterns,
  performanceDataBody,
  performanceInsights,
} from '../../contract/reporting';
import { present } from '../../core/model/present';
import type { CapacityTrend, FailurePattern, PerformanceInsight } from '../../core/ports/reporting';
import type {
  CapacityMetrics,
  ExecutionMetrics,
  FailureAnalysis,
  PerformanceData,
  Reported,
} from '../../core/projections/reporting';

/** Reports as the port knows them and as they cross HTTP. */

function aboutBody({ reportId, jobId, graph, owner, pool, traceId }: Reported) {
  return { report_id: reportId, job_id: jobId, graph, owner, pool, trace_id: traceId };
}

export function executionBody(metrics: ExecutionMetrics): z.input<typeof executionMetricsBody> {
  const { status, priority, submittedAt, admittedAt, endedAt, durationMs, nodes, attempts, tests } = metrics;
  return {
    ...aboutBody(metrics),
    ...present({ status, admitted_at: admittedAt, ended_at: endedAt }),
    priority,
    ...{ submitted_at: submittedAt, duration_ms: durationMs, flaky_nodes: metrics.flakyNodes },
    ...{ nodes: { ...nodes }, attempts: { ...attempts }, tests: { ...tests } },
  };
}

export function performanceBody(data: PerformanceData): z.input<typeof performanceDataBody> {
  return {
    ...aboutBody(data),
    ...{ duration_ms: data.durationMs, critical_path: [...data.criticalPath] },
    nodes: data.nodes.map(({ nodeId, outcome, attempts, waitedMs, ranMs, expectedMs }) => ({
      ...{ node_id: nodeId, attempts, waited_ms: waitedMs, ran_ms: ranMs },
      ...present({ outcome, expected_ms: expectedMs }),
    })),
    nodes_unlisted: data.nodesUnlisted,
  };
}

export function failuresBody(analysis: FailureAnalysis): z.input<typeof failureAnalysisBody> {
  return {
    ...aboutBody(analysis),
    failures: analysis.failures.map(({ nodeId, tests, ...failure }) => ({
      ...{ node_id: nodeId, tests: [...tests], ...failure },
    })),
    failures_unlisted: analysis.failuresUnlisted,
  };
}

export function capacityBody(capacity: CapacityMetrics): z.input<typeof capacityMetricsBody> {
  const { from, to, peakAttempts, peakSlots, busyMs, waitMs, workers } = capacity;
  return {
    ...aboutBody(capacity),
    ...{
      from,
      to,
      peak_attempts: peakAttempts,
      peak_slots: peakSlots,
      busy_ms: busyMs,
      wait_ms: { ...waitMs },
    },
    workers: workers.map(({ workerId, attempts, lost, busyMs: busy }) => ({
      ...{ worker_id: workerId, attempts, lost, busy_ms: busy },
    })),
  };
}

export function toInsights({ insights }: z.output<typeof performanceInsights>): PerformanceInsight[] {
  return insights.map(({ node_id: nodeId, expected_ms: expectedMs, ...rest }) => ({
    ...{ ...rest, expectedMs },
    ...present({ nodeId }),
  }));
}

export function toPatterns({ patterns }: z.output<typeof failurePatterns>): FailurePattern[] {
  return patterns.map(({ first_seen_at, last_seen_at, resolved_share, ...rest }) => ({
    ...{ ...rest, firstSeenAt: first_seen_at, lastSeenAt: last_seen_at, resolvedShare: resolved_share },
  }));
}

export function toTrends({ trends }: z.output<typeof capacityTrends>): CapacityTrend[] {
  return trends.map(({ span_ms: spanMs, wait_p95_ms: waitP95Ms, ...rest }) => ({
    ...rest,
    spanMs,
    waitP95Ms,
  }));
}
