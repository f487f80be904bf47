import type { CleanupView } from '../../contract/cleanup';
import type { CleanupReport } from '../../core/cleanup/report';
import { present } from '../../core/model/present';
import { timeIfAny, timeOf } from './time';

export function cleanupBody(report: CleanupReport | undefined): CleanupView {
  if (!report) return {};
  const { run, by, dryRun, retention, startedAt, completedAt, tally, items, stayed } = report;
  const { counts, failed, complete } = tally ?? {};
  return {
    latest: {
      ...{ run, by, dry_run: dryRun, job_days: retention.jobDays, started_at: timeOf(startedAt) },
      ...present({ completed_at: timeIfAny(completedAt), counts, failed, complete }),
      items: [...items],
      stayed: [...stayed],
    },
  };
}
