import { createReportingClient } from '../../lib/adapters/http/reporting-client';
import { reportingServer } from '../support/reporting-server';
import { describeReporting } from './reporting.contract';

describeReporting('over HTTP', async () => {
  const system = await reportingServer();
  const timing = { clock: Date.now, random: () => 0, sleep: async () => undefined };
  return { system, reporting: createReportingClient({ url: system.url, retryForMs: 60_000, timing }) };
});
