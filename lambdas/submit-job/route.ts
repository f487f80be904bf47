import type { Context } from 'aws-lambda';
import { z } from 'zod';
import type { MachineRequests } from '../../lib/adapters/aws/machine-requests';
import { type SubmitJobResponse, submitJobRequest } from '../../lib/adapters/http/contract';
import { SCOPES } from '../../lib/core/access/scopes';
import type { Graph } from '../../lib/core/dag/graph';
import { graphHash } from '../../lib/core/dag/hash';
import { RepriseError } from '../../lib/core/errors';
import type { Clock, GraphStore } from '../../lib/core/ports';
import { readGraph } from '../shared/graph-document';
import type { Route } from '../shared/http';
import { requirePool } from '../shared/pools';
import type { Admission } from './admission';
import { jobIdOf } from './job-id';
import type { Accepted, Submission } from './submit';

export interface SubmitJobDeps {
  readonly graphs: GraphStore;
  /** Has the graph's own machines made, while its first job may run on the generic one. */
  readonly requests: Pick<MachineRequests, 'want'>;
  readonly newJobId: () => string;
  readonly pools: readonly string[];
  readonly admission: Admission;
  /** Whether a job with this id was submitted before. */
  readonly isKnown: (jobId: string) => Promise<boolean>;
  readonly clock: Clock;
  /** Submits; a repeat of the same submission is answered with the same job. */
  readonly submit: (request: {
    readonly jobId: string;
    readonly submission: Submission;
    readonly origin: { readonly requestId: string; readonly traceId: string };
    /** Whether the id was derived from an `Idempotency-Key`. */
    readonly isKeyed: boolean;
    readonly context: Context;
  }) => Promise<Accepted>;
  readonly onSubmitted: () => void;
}

const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/);
const none = z.looseObject({});

export function submitJobRoute(
  deps: SubmitJobDeps,
): Route<typeof submitJobRequest, typeof none, typeof none> {
  return {
    name: 'POST /jobs',
    scopes: [SCOPES.jobs, SCOPES.admin],
    body: submitJobRequest,
    params: none,
    query: none,
    async handle({ body, caller, requestId, traceId, header, context }) {
      requirePool(deps.pools, body.pool);
      const key = keyOf(header('Idempotency-Key'));
      const jobId = key === undefined ? deps.newJobId() : jobIdOf(caller.subject, key);
      const refused = await deps.admission(body.pool);
      // A repeat adds nothing to the queue: it is answered as it was.
      if (refused && (key === undefined || !(await deps.isKnown(jobId)))) throw refused;
      const { hash, graph } = await graphOf(deps.graphs, body);
      await deps.requests.want(hash);
      const { priority, pool } = body;
      const deadline = body.deadline === undefined ? {} : { deadlineAt: deps.clock() + body.deadline };
      const submission = { graphHash: hash, owner: caller.subject, priority, pool, ...deadline };
      const origin = { requestId, traceId };
      const { status } = await deps.submit({
        jobId,
        submission,
        origin,
        isKeyed: key !== undefined,
        context,
      });
      deps.onSubmitted();
      const response: SubmitJobResponse = {
        job_id: jobId,
        status,
        graph_hash: hash,
        nodes: graph.nodes.length,
      };
      return { status: 202, body: response };
    },
  };
}

function keyOf(given: string | undefined): string | undefined {
  if (given === undefined || idempotencyKey.safeParse(given).success) return given;
  throw new RepriseError(
    'INPUT_INVALID',
    'Idempotency-Key: send 1 to 255 printable ASCII characters without spaces',
  );
}

/** The graph that comes with the request and is kept, or the kept one that it names. @throws RepriseError GRAPH_NOT_FOUND */
async function graphOf(
  graphs: GraphStore,
  { execution_graph, graph_hash }: z.output<typeof submitJobRequest>,
): Promise<{ readonly hash: string; readonly graph: Graph }> {
  if (graph_hash !== undefined) return { hash: graph_hash, graph: await graphs.get(graph_hash) };
  const graph = readGraph(execution_graph);
  const hash = graphHash(graph);
  await graphs.put(hash, graph);
  return { hash, graph };
}
