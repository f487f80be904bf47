import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { amount, count, line, positive, text, time } from '../core/model/bounded';
import { FAILURE_CLASSES, FAILURE_KINDS } from '../core/model/failure';
import { idSchema } from '../core/model/ids';
import { JOB_OUTCOMES, OUTCOMES } from '../core/model/outcome';
import { PRIORITIES } from '../core/model/priority';
import { LOSS_CAUSES } from '../core/model/recovery';

/**
 * The Execution Reporting Module, as it is called over HTTP: docs/reporting.md. Times are milliseconds since the epoch,
 * durations milliseconds. Each submission is answered with any 2xx and has the header `Idempotency-Key`: its `report_id`.
 */

/** What one list of a report holds at most. */
const MOST = LIMITS.reportedItems;

const about = {
  report_id: line(2 * LIMITS.hashLength + 1),
  job_id: idSchema,
  graph: idSchema,
  owner: line(LIMITS.ownerLength),
  pool: idSchema,
  trace_id: line(LIMITS.traceIdLength),
};
const failureClass = z.enum(FAILURE_CLASSES);
const share = amount(1);

/** `POST {url}/execution-metrics` (submit_execution_metrics) */
export const executionMetricsBody = z.object({
  ...about,
  /** Absent while the job is not over. */
  status: z.enum(JOB_OUTCOMES).exactOptional(),
  priority: z.enum(PRIORITIES),
  submitted_at: time(),
  admitted_at: time().exactOptional(),
  ended_at: time().exactOptional(),
  duration_ms: amount(),
  nodes: z.object({ succeeded: count(), failed: count(), skipped: count(), cancelled: count() }),
  attempts: z.object({ succeeded: count(), failed: count(), lost: count() }),
  flaky_nodes: count(),
  tests: z.object({ passed: count(), failed: count(), skipped: count(), flaky: count() }),
});

/** `POST {url}/performance-data` (submit_performance_data) */
export const performanceDataBody = z.object({
  ...about,
  duration_ms: amount(),
  critical_path: z.array(idSchema).max(MOST),
  nodes: z
    .array(
      z.object({
        node_id: idSchema,
        outcome: z.enum(OUTCOMES).exactOptional(),
        attempts: count(),
        waited_ms: amount(),
        ran_ms: amount(),
        expected_ms: amount().exactOptional(),
      }),
    )
    .max(MOST),
  nodes_unlisted: count(),
});

/** `POST {url}/failure-analyses` (submit_failure_analysis); not sent where nothing failed. */
export const failureAnalysisBody = z.object({
  ...about,
  failures: z
    .array(
      z.object({
        node_id: idSchema,
        attempt: positive(LIMITS.attempts),
        at: time(),
        kind: z.enum(FAILURE_KINDS),
        message: text(LIMITS.reasonLength),
        class: failureClass.exactOptional(),
        confidence: share.exactOptional(),
        signature: line(LIMITS.hashLength).exactOptional(),
        cause: z.enum(LOSS_CAUSES).exactOptional(),
        tests: z.array(text(LIMITS.testLabelLength)).max(LIMITS.testsListed),
        /** The node passed in a later attempt. */
        resolved: z.boolean(),
      }),
    )
    .max(MOST),
  failures_unlisted: count(),
});

/** `POST {url}/capacity-metrics` (submit_capacity_metrics) */
export const capacityMetricsBody = z.object({
  ...about,
  from: time(),
  to: time(),
  peak_attempts: count(),
  peak_slots: count(),
  busy_ms: amount(),
  wait_ms: z.object({ p50: amount(), p95: amount(), max: amount() }),
  workers: z
    .array(z.object({ worker_id: idSchema, attempts: count(), lost: count(), busy_ms: amount() }))
    .max(MOST),
});

const advice = text(LIMITS.reasonLength).exactOptional();

/** `GET {url}/performance-insights?from&to&graph&owner&pool` (get_performance_insights) */
export const performanceInsights = z.object({
  insights: z
    .array(
      z.object({
        graph: idSchema,
        node_id: idSchema.exactOptional(),
        expected_ms: amount(),
        trend: z.enum(['faster', 'steady', 'slower']),
        samples: count(),
        advice,
      }),
    )
    .max(MOST),
});

/** `GET {url}/failure-patterns?from&to&graph&owner&pool&class&signature` (get_failure_patterns) */
export const failurePatterns = z.object({
  patterns: z
    .array(
      z.object({
        signature: line(LIMITS.hashLength),
        class: failureClass,
        occurrences: count(),
        jobs: count(),
        nodes: z.array(idSchema).max(MOST),
        first_seen_at: time(),
        last_seen_at: time(),
        resolved_share: share,
        advice,
      }),
    )
    .max(MOST),
});

/** `GET {url}/capacity-trends?from&to&owner&pool` (get_capacity_trends) */
export const capacityTrends = z.object({
  trends: z
    .array(
      z.object({
        pool: idSchema,
        at: time(),
        span_ms: amount(),
        utilization: share,
        wait_p95_ms: amount(),
        advice,
      }),
    )
    .max(MOST),
});
