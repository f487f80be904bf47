import { apiHandler } from '../runtime/http';
import { machineRegistry } from '../shared/machines';
import { compilations, graphs } from '../shared/objects';
import { graphRecords } from '../shared/tables';
import { count } from '../runtime/telemetry';
import { machineRequests } from '../shared/workflow';
import { registerGraphRoute } from './route';

export const handler = apiHandler(
  registerGraphRoute({
    graphs: graphs(),
    compilations: compilations(),
    records: graphRecords(),
    registry: machineRegistry(),
    requests: machineRequests(),
    onRegistered: () => count('GraphsRegistered'),
  }),
);
