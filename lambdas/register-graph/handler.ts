import { registerGraph } from '../../lib/api/graphs';
import { apiHandler } from '../runtime/http';
import { count } from '../runtime/telemetry';
import { machineRegistry } from '../shared/machines';
import { compilations, graphs } from '../shared/objects';
import { graphRecords } from '../shared/tables';
import { machineRequests } from '../shared/workflow';

export const handler = apiHandler(
  registerGraph({
    graphs: graphs(),
    compilations: compilations(),
    records: graphRecords(),
    registry: machineRegistry(),
    requests: machineRequests(),
    onRegistered: () => count('GraphsRegistered'),
  }),
);
