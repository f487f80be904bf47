import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { line } from '../core/model/bounded';
import { graphHashSchema } from '../core/model/ids';
import { executionGraph } from './jobs';

/** The part of the REST API that registers graphs. */

export const graphParams = z.object({ hash: graphHashSchema });

/** `GET /graphs/{hash}` */
export const graphQuery = z.strictObject({ machine: line(LIMITS.idLength).optional() });

/** `POST /graphs`: compiles a graph and makes its state machines. */
export const registerGraphRequest = z.strictObject({
  /** As for `POST /jobs`. */
  execution_graph: executionGraph,
});

/** What the graph will take; see docs/compiler.md. */
const graphCertificate = z.object({
  critical_path_seconds: z.number(),
  predicted_makespan_seconds: z.number(),
  /** Workers that the prediction assumes. */
  workers: z.number(),
  max_width: z.number(),
  width_method: z.string(),
  state_transitions: z.number(),
  history_events: z.number(),
  definition_bytes: z.number(),
  /** The whole bill of a run on the graph's own machines, USD. */
  estimated_cost_usd: z.number(),
  /** The state transitions in it. */
  transitions_cost_usd: z.number(),
  connections_cost_usd: z.number(),
  /** The whole bill of a run on the graph runner. */
  graph_runner_cost_usd: z.number(),
  state_machines: z.number(),
  structural_share: z.number(),
});

/** 201 when the graph is new, 200 when it was known. */
export const graphSummary = z.object({
  hash: graphHashSchema,
  name: z.string(),
  nodes: z.number(),
  edges: z.number(),
  certificate: graphCertificate,
  /** Dependencies that the machines do not express and the scheduler enforces. */
  residual_edges: z.number(),
  /** Of the root machine; there once `status` is `ready`. */
  state_machine_arn: z.string(),
  /**
   * `pending`: the machines are being made, and jobs run on the graph runner so long. `absent`: nobody used them for
   * a while, or nobody asked for them yet; the next submission or registration makes them.
   */
  status: z.enum(['ready', 'pending', 'absent']),
});
export type GraphSummary = z.infer<typeof graphSummary>;

/** `GET /graphs/{hash}?machine=NAME` */
export const graphView = graphSummary.extend({
  /** Root first. Bytes of the definition as it is deployed. */
  machines: z.array(z.object({ name: z.string(), bytes: z.number() })),
  /** Per node the residual dependencies; left out where they would not fit an answer. */
  residual: z.record(z.string(), z.array(z.string())).optional(),
  /** Amazon States Language of the machine asked for. */
  definition: z.record(z.string(), z.unknown()).optional(),
});
export type GraphView = z.infer<typeof graphView>;
