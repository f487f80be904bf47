import { readFileSync, statSync } from 'node:fs';
import { type AttemptTests, historiesOf } from '../../../reports/history';
import type { KeptTests } from '../../../reports/job-report';
import { attemptFiles } from '../disk/attempt-files';
import type { Layout } from '../disk/layout';
import type { KeptResults } from '../process/reports/collect';

/** What is kept of the reports of the attempts of a node that left any, in their order. */
export function keptResults(
  { jobs }: Layout,
  {
    jobId,
    nodeId,
    attempts,
  }: { readonly jobId: string; readonly nodeId: string; readonly attempts: readonly number[] },
): (AttemptTests & Pick<KeptResults, 'startedAt'>)[] {
  return attempts.flatMap((attempt) => {
    const { results } = attemptFiles(jobs, { jobId, nodeId, attempt });
    if (!statSync(results, { throwIfNoEntry: false })) return [];
    return [{ attempt, ...(JSON.parse(readFileSync(results, 'utf8')) as KeptResults) }];
  });
}

/** The tests of the nodes of a job whose attempts ran on this machine, as long as their files are here. */
export function keptTests(layout: Layout, jobId: string): KeptTests {
  return (nodeId, attempts) => {
    const kept = keptResults(layout, { jobId, nodeId, attempts: attempts.map(({ attempt }) => attempt) });
    return kept.length === 0 ? undefined : historiesOf(kept);
  };
}
