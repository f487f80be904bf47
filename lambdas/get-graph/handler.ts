import { getGraph } from '../../lib/api/graphs';
import { apiHandler } from '../runtime/http';
import { machineRegistry } from '../shared/machines';
import { graphRecords } from '../shared/tables';

export const handler = apiHandler(getGraph({ registry: machineRegistry(), records: graphRecords() }));
