import type * as z from 'zod';
import type { JobRecoveries, JobRetries, jobRecoveriesQuery, jobRetriesQuery } from '../contract/recoveries';
import type { JobEvent } from '../core/job/events';
import { nodeById } from '../core/job/nodes';
import type { Recorded } from '../core/journal/envelope';
import { jobAt, streamOf } from '../core/messages/address';
import type { JournalStore } from '../core/ports/stores';
import type { JobFold, StreamReader } from '../core/ports/streams';
import { createRecovered, type Recovery } from '../core/projections/recovered';
import { createRetried, type RetriedNode } from '../core/projections/retried';
import { accessibleFold } from './access';
import { pageOf } from './page';
import { type Served, serve } from './route';
import { ROUTES } from './routes';
import { recoveryBody, recoveryTotals, retriedNodeBody, retryTotals, statusOf } from './views/recoveries';

type Journal = Pick<JournalStore, 'read'>;

export interface JobRecoveriesDeps extends StreamReader<'job'> {
  readonly journal: Journal;
}

const RETRY_KEYS = {
  retries: ({ retries }: RetriedNode) => retries,
  node_id: ({ nodeId }: RetriedNode) => nodeId,
};
const RECOVERY_KEYS = { started_at: ({ startedAt }: Recovery) => startedAt };

/** What was tried again in a job and what was recovered: from its journal alone. */
export function jobRecoveries({ view, journal }: JobRecoveriesDeps): readonly Served[] {
  return [
    serve(ROUTES.getJobRetries, async ({ caller, params: { jobId }, query }) => {
      const job = await accessibleFold(caller, jobId, { view });
      return { status: 200, body: await retriesIn(journal, jobId, job, query) };
    }),
    serve(ROUTES.getJobRecoveries, async ({ caller, params: { jobId }, query }) => {
      await accessibleFold(caller, jobId, { view });
      return { status: 200, body: await recoveriesIn(journal, jobId, query) };
    }),
  ];
}

/** A page of the nodes of a job that were tried again, and what that came to. */
export async function retriesIn(
  journal: Journal,
  jobId: string,
  { index, state }: Pick<JobFold, 'index' | 'state'>,
  query: z.output<typeof jobRetriesQuery>,
): Promise<JobRetries> {
  const retried = await folded(journal, jobId, createRetried());
  const wanted = retried.nodes.filter(
    ({ outcome }) => query.outcome === undefined || outcome === query.outcome,
  );
  const { shown, ...next } = pageOf(wanted, query, { id: ({ nodeId }) => nodeId, keys: RETRY_KEYS });
  const policyOf = (nodeId: string) => nodeById(index, state, nodeId)?.spec.retry;
  return {
    ...{ job_id: jobId, totals: retryTotals(retried), classes: [...retried.classes], ...next },
    nodes: shown.map((node) => retriedNodeBody(node, policyOf(node.nodeId))),
  };
}

/** A page of the recoveries of a job, and how all of them stand. */
export async function recoveriesIn(
  journal: Journal,
  jobId: string,
  query: z.output<typeof jobRecoveriesQuery>,
): Promise<JobRecoveries> {
  const all = await folded(journal, jobId, createRecovered());
  const { cause, strategy, status } = query;
  const wanted = all.filter(
    (each) =>
      (cause === undefined || each.cause === cause) &&
      (strategy === undefined || each.strategy === strategy) &&
      (status === undefined || statusOf(each) === status),
  );
  const of = { id: ({ recoveryId }: Recovery) => recoveryId, keys: RECOVERY_KEYS };
  const { shown, ...next } = pageOf(wanted, query, of);
  return { job_id: jobId, totals: recoveryTotals(all), recoveries: shown.map(recoveryBody), ...next };
}

async function folded<T>(journal: Journal, jobId: string, fold: Fold<T>): Promise<T> {
  for await (const event of journal.read(streamOf(jobAt(jobId)))) fold.apply(event as Recorded<JobEvent>);
  return fold.result();
}

interface Fold<T> {
  readonly apply: (event: Recorded<JobEvent>) => void;
  readonly result: () => T;
}
