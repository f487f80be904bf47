import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { onSignals } from '../adapters/signals';
import { isRepriseError } from '../core/errors';
import { readDeployment } from './deploy';
import { followJob } from './follow';
import { DEFAULT_PORT, runningEndpoint } from './ministack';
import { localCloudError } from './problem';
import { bringUp, type LocalSession, type Started, stateDirOf, takeBack, tearDown } from './session';
import { describeStatus } from './status';

/** Exit status after Ctrl-C, as shells count a death by SIGINT: 128 + 2. */
const INTERRUPTED = 130;

const EXAMPLE = 'examples/shop/shop.graph.yaml';

const USAGE = `Usage: npm run local [-- OPTION]

  (none)        bring the environment up, deploy it, run ${EXAMPLE}
  --no-example  bring it up and deploy it only
  --status      what it holds: executions, queues, last events
  --down        stop everything and delete its state

REPRISE_LOCAL_PORT  port of the local cloud, default ${DEFAULT_PORT}
REPRISE_LOCAL_DIR   its state, default .reprise/local
AWS_ENDPOINT_URL    a local cloud to use instead of starting one`;

/** `npm run local`. @returns the exit status: 0 done, 1 the job failed, 2 something is in the way. */
export async function main(root: string, argv: readonly string[]): Promise<number> {
  const started: Started = { agents: [] };
  const interrupted = new AbortController();
  const stateDir = stateDirOf(root);
  onSignals({
    first() {
      say('interrupted: stopping what this run started');
      interrupted.abort();
    },
    again: () => process.exit(INTERRUPTED),
  });
  try {
    return await run(root, argv, { started, signal: interrupted.signal });
  } catch (error) {
    if (!interrupted.signal.aborted)
      say(isRepriseError(error) ? error.message : ((error as Error).stack ?? String(error)));
    // What is up stays up, to be looked at.
    if (interrupted.signal.aborted || !started.isUp) await takeBack(started, stateDir);
    else say('the environment stays up: npm run local -- --status, npm run local -- --down');
    return interrupted.signal.aborted ? INTERRUPTED : 2;
  }
}

interface Run {
  readonly started: Started;
  readonly signal: AbortSignal;
}

async function run(root: string, argv: readonly string[], { started, signal }: Run): Promise<number> {
  const options = readOptions(argv);
  const stateDir = stateDirOf(root);
  if (options.help) return out(USAGE);
  if (options.down) {
    const ran = await tearDown(root, stateDir);
    say(ran.length === 0 ? 'nothing ran' : `stopped: ${ran.join(', ')}`);
    say('the state is deleted; .reprise/ministack, the programs of the local cloud, stays as a cache');
    return 0;
  }
  if (options.status) return out(await status(root, stateDir));
  const port = portOf(process.env['REPRISE_LOCAL_PORT']);
  const session = await bringUp({ root, stateDir, port, progress: say, signal }, started);
  const code = options.example ? await runExample(root, session, signal) : 0;
  out(whereToLook(session, relative(root, stateDir)));
  return code;
}

async function runExample(root: string, { client }: LocalSession, signal: AbortSignal): Promise<number> {
  const graph = parse(readFileSync(join(root, EXAMPLE), 'utf8')) as Record<string, unknown>;
  const startedAt = Date.now();
  const { job_id: jobId, nodes } = await client.submitJob({ execution_graph: graph });
  say(`job ${jobId}: ${nodes} nodes of ${EXAMPLE}`);
  const status = await followJob(client, jobId, (line) => say(`  ${line}`), signal);
  const job = await client.getJob(jobId);
  const counts = new Map<string, number>();
  for (const { status: node } of Object.values(job.nodes)) counts.set(node, (counts.get(node) ?? 0) + 1);
  const summary = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  out(`job ${jobId} ${status} in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s: ${summary}\n`);
  return status === 'succeeded' ? 0 : 1;
}

function whereToLook({ deployment }: LocalSession, stateDir: string): string {
  const isDefault = stateDir === join('.reprise', 'local');
  return `The environment is up. Where to look:

  TOKEN=$(npx reprise token --env local${isDefault ? '' : ` --state-dir ${stateDir}`})
  curl -H "Authorization: Bearer $TOKEN" ${deployment.apiUrl}/jobs
  curl -H "Authorization: Bearer $TOKEN" ${deployment.apiUrl}/jobs/JOB
  curl -H "Authorization: Bearer $TOKEN" ${deployment.apiUrl}/jobs/JOB/events

${aside('npm run local -- --status', 'Step Functions executions, queues and their DLQs, events on the bus')}
${aside(`${stateDir}/agents/*.log`, 'the workers')}
${aside('npm run local -- --down', 'stop it')}
${aside('docs/tutorial/on-aws.md', 'what to do here')}`;
}

/** A line of what is where, in two columns. */
const aside = (what: string, does: string): string => `  ${what.padEnd(28)}  ${does}`;

async function status(root: string, stateDir: string): Promise<string> {
  const endpoint = process.env['AWS_ENDPOINT_URL'] || (await runningEndpoint({ root, stateDir }));
  const deployment = endpoint ? readDeployment(stateDir, endpoint) : undefined;
  if (!deployment) throw localCloudError('the environment is not up: npm run local brings it up');
  return describeStatus(deployment);
}

function readOptions(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        status: { type: 'boolean', default: false },
        down: { type: 'boolean', default: false },
        'no-example': { type: 'boolean', default: false },
      },
    });
    return { ...values, example: !values['no-example'] };
  } catch (error) {
    throw localCloudError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1_024 && port <= 65_535) return port;
  throw localCloudError(`REPRISE_LOCAL_PORT is a port from 1024 to 65535, not ${JSON.stringify(text)}`);
}

/** Progress, for a person. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The result. */
function out(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}
