import type { GraphSummary } from '../../contract/graphs';
import type { Certificate, Compilation } from '../../core/dag/compile';
import type { GraphRecord } from '../../core/ports/machines';

/** A graph as the API shows it. */
export function graphSummaryBody(
  { graph, certificate }: Compilation,
  arn: string,
  record: Pick<GraphRecord, 'status'> | undefined,
): GraphSummary {
  const { hash, name, nodes, edges } = graph;
  return {
    ...{ hash, name, nodes, edges },
    certificate: certificateBody(certificate),
    residual_edges: certificate.residualEdges,
    state_machine_arn: arn,
    status: statusOf(record),
  };
}

function statusOf(record: Pick<GraphRecord, 'status'> | undefined): GraphSummary['status'] {
  switch (record?.status) {
    case 'ready':
      return 'ready';
    case 'requested':
    case 'pending':
      return 'pending';
    default:
      return 'absent';
  }
}

function certificateBody(certificate: Certificate): GraphSummary['certificate'] {
  return {
    critical_path_seconds: certificate.criticalPathSeconds,
    predicted_makespan_seconds: certificate.predictedMakespanSeconds,
    workers: certificate.workers,
    max_width: certificate.maxWidth,
    width_method: certificate.widthMethod,
    state_transitions: certificate.stateTransitions,
    history_events: certificate.historyEvents,
    definition_bytes: certificate.definitionBytes,
    estimated_cost_usd: certificate.estimatedCostUsd,
    transitions_cost_usd: certificate.transitionsCostUsd,
    connections_cost_usd: certificate.connectionsCostUsd,
    graph_runner_cost_usd: certificate.graphRunnerCostUsd,
    state_machines: certificate.stateMachines,
    structural_share: certificate.structuralShare,
  };
}
