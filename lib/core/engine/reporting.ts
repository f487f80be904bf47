import type { ExecutionReporting } from '../ports/reporting';
import { reportingOf } from '../projections/reporting';
import { type TimelineDeps, timelineOf } from './timeline-of';

export interface ReportingDeps extends TimelineDeps {
  readonly reporting: ExecutionReporting;
}

/**
 * Reports a job from its journal. Again, it counts once; a job that went on since is reported anew.
 * @returns whether there was a job to report
 */
export async function reportOn({ reporting, ...stores }: ReportingDeps, jobId: string): Promise<boolean> {
  const found = await timelineOf(stores, jobId);
  if (!found) return false;
  const { execution, performance, failures, capacity } = reportingOf(found.timeline, found.graph);
  await reporting.submitExecutionMetrics(execution);
  await reporting.submitPerformanceData(performance);
  if (failures) await reporting.submitFailureAnalysis(failures);
  await reporting.submitCapacityMetrics(capacity);
  return true;
}
