import { type Command, Option } from 'commander';
import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { assertFound, assertJournal } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { createJobClient } from '../adapters/http/job-client';
import type { ResumeJobResponse } from '../contract/jobs';
import { graphHash } from '../core/dag/hash';
import { present } from '../core/model/present';
import { askWhoHas, type ConnectOptions, withConnection } from './connect';
import { graphDocument, readGraph } from './files';
import { type GoOnOptions, goOnWith, withGoOnOptions } from './go-on';
import { layoutAt, parseJobId } from './options';
import { print } from './print';
import { renderResumePlan, resumePlanJson } from './render/resume-plan';
import { colorsFor } from './render/style';
import { type Changes, planChanges } from './resume-plan';

interface Options extends GoOnOptions, ConnectOptions {
  readonly journal: string;
  readonly graph?: string;
  readonly from: readonly string[];
  readonly dryRun?: boolean;
}

/** `reprise resume JOB`: goes on with a job whose process died, or that ended; over another graph where one is given. */
export function registerResume(program: Command): void {
  withConnection(withGoOnOptions(program.command('resume')))
    .description(
      'go on with a job whose process died or that failed, by the engine that has it, or else here; finished nodes are not run again',
    )
    .argument('<job>', 'the id of the job', parseJobId)
    .option('--graph <file>', 'go on over this graph: what it does not change keeps its results')
    .addOption(
      new Option('--from <node>', 'run this node again, and all that is downstream of it; repeatable')
        .argParser((value: string, before: string[]) => [...before, value])
        .default([], 'none'),
    )
    .option('--dry-run', 'only say what would run, and why')
    .action(resumeJob);
}

const REASON = 'resumed from the command line';

async function resumeJob(jobId: string, options: Options): Promise<void> {
  const graph = options.graph === undefined ? undefined : await readGraph(options.graph);
  const from = options.from.length > 0 ? [...options.from] : undefined;
  const changes: Changes = present({ graph, from });
  const served = await askWhoHas(createJobClient, options, async (client) => {
    const document = options.graph === undefined ? undefined : await graphDocument(options.graph);
    const { from: nodes, ...rest } = present({ from, execution_graph: document, dry_run: options.dryRun });
    return client.resume(jobId, { reason: REASON, ...rest, ...(nodes && { from: [...nodes] }) });
  });
  if (served !== undefined) return printServed(served, options);
  if (options.dryRun) return sayWhatRuns(jobId, options, changes);
  const request = present({ from, graphHash: graph && graphHash(graph) });
  await goOnWith(jobId, options, (runtime) => runtime.resume(jobId, REASON, request), { changes });
}

function printServed(answer: ResumeJobResponse, { json }: Options): void {
  const { job_id: jobId, status, runs, keeps, dry_run: isDry } = answer;
  const what = isDry ? 'would run' : 'run';
  const text = `job ${jobId} is ${status}: ${runs} nodes ${what}, ${keeps} keep their results\n`;
  print({ json }, answer, () => text);
}

/** Reads only: another process may have the job. */
async function sayWhatRuns(jobId: string, options: Options, changes: Changes): Promise<void> {
  const layout = layoutAt(options.journal);
  await assertFound(layout, jobId);
  await assertJournal(layout, jobId);
  const stores = { journal: createFileJournalStore(layout), graphs: createFileGraphStore(layout.graphs) };
  const plan = await planChanges(stores, jobId, changes);
  print(options, resumePlanJson(plan), () => renderResumePlan(plan, colorsFor(process.stdout)));
}
