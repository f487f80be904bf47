import { type Command, Option } from 'commander';
import { ulid } from 'ulid';
import { createJobClient } from '../adapters/http/job-client';
import { formatDuration } from '../core/model/duration';
import { JOB_TYPES, type JobType } from '../core/model/job-type';
import { present } from '../core/model/present';
import { askBy, type ConnectOptions, withConnection } from './connect';
import { graphDocument } from './files';
import { type JobOptions, withJobOptions } from './job-options';
import { parseName } from './options';
import { print } from './print';
import { followJob } from './watch';

interface Options extends ConnectOptions, JobOptions {
  readonly pool: string;
  readonly type?: JobType;
  readonly idempotencyKey?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** `reprise submit GRAPH`: a job for an engine. */
export function registerSubmit(program: Command): void {
  withConnection(withJobOptions(program.command('submit')))
    .description('give a graph to an engine as a job: to that of --api, or to the daemon of --journal')
    .argument('<graph>', 'the graph file, YAML or JSON; - reads standard input')
    .option('--pool <name>', 'whose workers run it', parseName('--pool'), 'default')
    .addOption(
      new Option('--type <type>', 'how much it matters; that of the graph by default').choices(JOB_TYPES),
    )
    .option('--idempotency-key <key>', 'what makes a repetition the same job; made when not given')
    .option('--watch', 'follow it to its end; the exit status is then that of the job')
    .option('--json', 'print one JSON document; with --watch the events follow it, one a line')
    .action(submit);
}

async function submit(file: string, options: Options): Promise<void> {
  // What the engine would refuse is told here, where its place in the file is known.
  const document = await graphDocument(file);
  const { priority, deadline, param, pool, type, idempotencyKey = ulid() } = options;
  const request = {
    execution_graph: document,
    ...{ priority, pool },
    ...present({
      type,
      deadline: deadline === undefined ? undefined : formatDuration(deadline),
      parameters: Object.keys(param).length === 0 ? undefined : param,
    }),
  };
  const {
    job_id: jobId,
    nodes,
    ...rest
  } = await askBy(createJobClient, options, (client) => client.submit(request, idempotencyKey));
  const answer = { jobId, status: rest.status, graphHash: rest.graph_hash, nodes };
  print(options, answer, () => `job ${jobId}\n`);
  if (options.watch) await followJob(jobId, options);
}
