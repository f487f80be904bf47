import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { runnerInput } from '../../lib/adapters/aws/graph-runner-input';
import { type SubmitJobResponse, submitJobRequest } from '../../lib/adapters/http/contract';
import { SCOPES } from '../../lib/core/access/scopes';
import type { Graph } from '../../lib/core/dag/graph';
import { graphHash } from '../../lib/core/dag/hash';
import { parseGraphDocument } from '../../lib/core/dag/parse';
import { isRepriseError, RepriseError } from '../../lib/core/errors';
import type { GraphStore } from '../../lib/core/ports';
import type { Route } from '../shared/http';
import { requirePool } from '../shared/pools';
import { jobIdOf } from './job-id';
import type { Accepted, Submission } from './submit';

export interface SubmitJobDeps {
  readonly graphs: Pick<GraphStore, 'put'>;
  readonly newJobId: () => string;
  readonly pools: readonly string[];
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
      const graph = readGraph(body.execution_graph);
      const hash = graphHash(graph);
      const jobId = key === undefined ? deps.newJobId() : jobIdOf(caller.subject, key);
      // What cannot be started is refused now, and not left to fail after the answer.
      runnerInput(jobId, graph);
      await deps.graphs.put(hash, graph);
      const { priority, pool } = body;
      const submission = { graphHash: hash, owner: caller.subject, priority, pool };
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

/** Problems of the graph get the path they have in the request. */
function readGraph(document: unknown): Graph {
  try {
    return parseGraphDocument(document);
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    const problems = error.problems.map((problem) => ({
      ...problem,
      path: problem.path === '$' ? 'execution_graph' : `execution_graph.${problem.path}`,
    }));
    throw new RepriseError(error.code, error.message, { cause: error, problems });
  }
}
