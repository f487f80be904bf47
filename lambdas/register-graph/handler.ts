import { registerGraph } from '../../lib/api/graphs';
import { count } from '../runtime/telemetry';
import { apiHandler } from '../shared/api';
import { machineRegistry } from '../shared/machines';
import { compilations } from '../shared/objects';
import { ownGraphs, perOwner, takeMachines } from '../shared/owner-quotas';
import { graphRecords } from '../shared/tables';
import { machineRequests } from '../shared/workflow';

export const handler = apiHandler(
  perOwner(
    registerGraph({
      graphs: ownGraphs(),
      takeMachines: takeMachines(),
      compilations: compilations(),
      records: graphRecords(),
      registry: machineRegistry(),
      requests: machineRequests(),
      onRegistered: () => count('GraphsRegistered'),
    }),
  ),
);
