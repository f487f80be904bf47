import { SCOPES } from '../lib/core/access/scopes';
import { startAgents } from '../test/integration/support/agents';
import { startLocalEnvironment } from '../test/integration/support/local-environment';
import {
  type Call,
  type LoadOptions,
  type Measured,
  measure,
  type Server,
  succeed,
  tableOf,
} from './api-load';
import { GRAPH } from './api-world';
import { type Spent, shareRows, spentOn } from './local-report';

/** Calls of one operation: so many a second, for so long. All functions wait for the one process of the emulator. */
const RATE = 2;
/** What a job sets off keeps both cores busy for the better part of a second. */
const SUBMISSIONS = { rate: 1, seconds: 60 };
const SECONDS = 20;
const CONNECTIONS = 4;
/** Rounds of calls at the same time before those that are measured: processes of functions start with their first. */
const WARM_UP = 2;
const AGENTS = 1;
const SLOTS = 8;

/**
 * What people and their tools ask most of a deployed engine, at a stated rate on the local cloud. What is measured is mostly
 * waiting for the emulator and the cores of this machine: the last table says for how much of it.
 */
export async function benchApiCloud(): Promise<void> {
  const local = await startLocalEnvironment();
  try {
    const stopAgents = await startAgents(local, AGENTS, SLOTS);
    try {
      const token = await local.tokenFor('load', SCOPES.jobs, SCOPES.admin);
      report(await spentOn(local, () => measureAll({ url: local.deployment.apiUrl, token })));
    } finally {
      await stopAgents();
    }
  } finally {
    await local.stop();
  }
}

/** `called` is the path with names in place of ids. */
interface Asked extends Call, Partial<Pick<LoadOptions, 'rate' | 'seconds'>> {
  readonly called: string;
}

async function measureAll(server: Server): Promise<Measured[]> {
  const body = { execution_graph: GRAPH };
  const { job_id: jobId } = await succeed(server, { method: 'POST', path: '/jobs', body });
  const { hash } = await succeed(server, { method: 'POST', path: '/graphs', body });
  const calls: readonly Asked[] = [
    { method: 'GET', path: '/health/live', called: '/health/live' },
    { method: 'GET', path: '/jobs', called: '/jobs' },
    { method: 'GET', path: `/jobs/${jobId}`, called: '/jobs/{jobId}' },
    { method: 'GET', path: `/jobs/${jobId}/events`, called: '/jobs/{jobId}/events' },
    { method: 'GET', path: `/graphs/${hash}`, called: '/graphs/{hash}' },
    { method: 'GET', path: '/queues/default', called: '/queues/{pool}' },
    { method: 'GET', path: '/workers', called: '/workers' },
    { method: 'GET', path: '/letters', called: '/letters' },
    { method: 'GET', path: '/triggers', called: '/triggers' },
    { method: 'POST', path: '/graphs', called: '/graphs', body },
    { method: 'POST', path: '/jobs', called: '/jobs', body, ...SUBMISSIONS },
  ];
  const measured: Measured[] = [];
  for (const { called, rate = RATE, seconds = SECONDS, ...call } of calls) {
    for (let n = 0; n < WARM_UP; n++) {
      await Promise.all(Array.from({ length: CONNECTIONS }, () => succeed(server, call)));
    }
    const load = { rate, seconds, connections: CONNECTIONS };
    measured.push({ operation: `${call.method} ${called}`, ...(await measure(server, () => call, load)) });
  }
  return measured;
}

function report({ result, ...spent }: Spent & { readonly result: readonly Measured[] }): void {
  console.log(
    `\n### The API of the local cloud, each operation at ${RATE} calls a second for ${SECONDS} s, submissions at ${SUBMISSIONS.rate} for ${SUBMISSIONS.seconds} s\n`,
  );
  console.log(tableOf(result));
  const rows = shareRows(spent).map((cells) => `| ${cells.join(' | ')} |`);
  console.log(['\n| | |', '| --- | ---: |', ...rows].join('\n'));
}
