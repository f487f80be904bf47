import { join } from 'node:path';
import { type Agent, startAgent } from '../../../lib/agent/agent';
import type { Log } from '../../../lib/agent/log';
import { SCOPES } from '../../../lib/core/access/scopes';
import type { LocalEnvironment } from './local-environment';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Real workers that pull and run real commands, in this process. Ended by the function that this answers. */
export async function startAgents(
  local: LocalEnvironment,
  count: number,
  slots: number,
  log: Log = silent,
): Promise<() => Promise<void>> {
  const token = await local.tokenFor('fleet', SCOPES.worker);
  const agents: Agent[] = [];
  for (let i = 1; i <= count; i++) {
    agents.push(
      await startAgent({
        api: local.deployment.apiUrl,
        token,
        id: `scale-${i}`,
        pool: 'default',
        labels: ['linux'],
        slots,
        workDir: join(local.stateDir, `agent-${i}`),
        suites: {},
        env: {},
        log,
        clock: Date.now,
      }),
    );
  }
  return async () => void (await Promise.all(agents.map((agent) => agent.abandon())));
}
