import { apiHandler } from '../runtime/http';
import { machineRegistry } from '../shared/machines';
import { graphRecords } from '../shared/tables';
import { getGraphRoute } from './route';

export const handler = apiHandler(getGraphRoute({ registry: machineRegistry(), records: graphRecords() }));
