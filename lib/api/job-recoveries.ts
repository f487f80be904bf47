import type { JobEvent } from '../core/job/events';
import { nodeById } from '../core/job/nodes';
import type { Recorded } from '../core/journal/envelope';
import { jobAt, streamOf } from '../core/messages/address';
import type { JournalStore } from '../core/ports/stores';
import type { StreamReader } from '../core/ports/streams';
import { createRecovered, type Recovery } from '../core/projections/recovered';
import { createRetried, type RetriedNode } from '../core/projections/retried';
import { accessibleFold } from './access';
import { pageOf } from './page';
import { type Served, serve } from './route';
import { ROUTES } from './routes';
import { recoveryBody, recoveryTotals, retriedNodeBody, retryTotals, statusOf } from './views/recoveries';

export interface JobRecoveriesDeps extends StreamReader<'job'> {
  readonly journal: Pick<JournalStore, 'read'>;
}

const RETRY_KEYS = {
  retries: ({ retries }: RetriedNode) => retries,
  node_id: ({ nodeId }: RetriedNode) => nodeId,
};
const RECOVERY_KEYS = { started_at: ({ startedAt }: Recovery) => startedAt };

/** What was tried again in a job and what was recovered: from its journal alone. */
export function jobRecoveries({ view, journal }: JobRecoveriesDeps): readonly Served[] {
  async function folded<T>(jobId: string, fold: Fold<T>): Promise<T> {
    for await (const event of journal.read(streamOf(jobAt(jobId)))) fold.apply(event as Recorded<JobEvent>);
    return fold.result();
  }
  return [
    serve(ROUTES.getJobRetries, async ({ caller, params: { jobId }, query }) => {
      const { index, state } = await accessibleFold(caller, jobId, { view });
      const retried = await folded(jobId, createRetried());
      const wanted = retried.nodes.filter(
        ({ outcome }) => query.outcome === undefined || outcome === query.outcome,
      );
      const { shown, ...next } = pageOf(wanted, query, { id: ({ nodeId }) => nodeId, keys: RETRY_KEYS });
      const policyOf = (nodeId: string) => nodeById(index, state, nodeId)?.spec.retry;
      return {
        status: 200,
        body: {
          ...{ job_id: jobId, totals: retryTotals(retried), classes: [...retried.classes], ...next },
          nodes: shown.map((node) => retriedNodeBody(node, policyOf(node.nodeId))),
        },
      };
    }),
    serve(ROUTES.getJobRecoveries, async ({ caller, params: { jobId }, query }) => {
      await accessibleFold(caller, jobId, { view });
      const all = await folded(jobId, createRecovered());
      const { cause, strategy, status } = query;
      const wanted = all.filter(
        (each) =>
          (cause === undefined || each.cause === cause) &&
          (strategy === undefined || each.strategy === strategy) &&
          (status === undefined || statusOf(each) === status),
      );
      const of = { id: ({ recoveryId }: Recovery) => recoveryId, keys: RECOVERY_KEYS };
      const { shown, ...next } = pageOf(wanted, query, of);
      return {
        status: 200,
        body: { job_id: jobId, totals: recoveryTotals(all), recoveries: shown.map(recoveryBody), ...next },
      };
    }),
  ];
}

interface Fold<T> {
  readonly apply: (event: Recorded<JobEvent>) => void;
  readonly result: () => T;
}
