import { getGraph } from '../../lib/api/graphs';
import { apiHandler } from '../shared/api';
import { machineRegistry } from '../shared/machines';
import { perOwner } from '../shared/owner-quotas';
import { graphOwners, graphRecords } from '../shared/tables';

export const handler = apiHandler(
  perOwner(getGraph({ registry: machineRegistry(), records: graphRecords(), owners: graphOwners() })),
);
