import type { Caller } from '../core/access/scopes';
import { jobAt, streamOf } from '../core/messages/address';
import type { JournalStore } from '../core/ports/stores';
import type { StreamReader } from '../core/ports/streams';
import { createTimeline } from '../core/projections/timeline';
import { type JobReport, jobReport, type KeptTests } from '../reports/job-report';
import { jobCtrf } from '../reports/write-job-ctrf';
import { writeJobJUnit } from '../reports/write-job-junit';
import { accessibleFold } from './access';
import { type Served, serve } from './route';
import { ROUTES } from './routes';

export interface JobReportDeps extends StreamReader<'job'> {
  readonly journal: Pick<JournalStore, 'read'>;
  /** The tests of attempts that ran here; without them a report has those that the journal names. */
  readonly keptTests?: (jobId: string) => KeptTests;
}

/** What became of a job, over or not, for tools that read reports of tests. */
export function jobReports({ view, journal, keptTests }: JobReportDeps): readonly Served[] {
  async function report(caller: Caller, jobId: string): Promise<JobReport> {
    const { index } = await accessibleFold(caller, jobId, { view });
    const fold = createTimeline();
    for await (const event of journal.read(streamOf(jobAt(jobId)))) fold.apply(event);
    const timeline = fold.result();
    if (!timeline) throw new Error(`the journal of job ${jobId} does not begin`);
    return jobReport(timeline, index.graph, keptTests?.(jobId));
  }
  return [
    serve(ROUTES.getJobJUnit, async ({ caller, params: { jobId } }) => ({
      ...{ status: 200, body: writeJobJUnit(await report(caller, jobId)) },
    })),
    serve(ROUTES.getJobCtrf, async ({ caller, params: { jobId } }) => ({
      ...{ status: 200, body: jobCtrf(await report(caller, jobId)) },
    })),
  ];
}
