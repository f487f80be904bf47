import { type Command, Option } from 'commander';
import { exists } from '../adapters/embedded/disk/durable';
import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { assertJournal, jobNotFound } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { graphHash } from '../core/dag/hash';
import { present } from '../core/model/present';
import { readGraph } from './files';
import { type GoOnOptions, goOnWith, withGoOnOptions } from './go-on';
import { JOURNAL_OPTION, layoutAt, parseJobId } from './options';
import { renderResumePlan, resumePlanJson } from './render/resume-plan';
import { colorsFor } from './render/style';
import { type Changes, planChanges } from './resume-plan';

interface Options extends GoOnOptions {
  readonly graph?: string;
  readonly from: readonly string[];
  readonly dryRun?: boolean;
}

/** `reprise resume JOB`: goes on with a job whose process died, or that ended; over another graph where one is given. */
export function registerResume(program: Command): void {
  withGoOnOptions(program.command('resume'))
    .description('go on with a job whose process died or that failed; finished nodes are not run again')
    .argument('<job>', 'the id of the job', parseJobId)
    .option('--graph <file>', 'go on over this graph: what it does not change keeps its results')
    .addOption(
      new Option('--from <node>', 'run this node again, and all that is downstream of it; repeatable')
        .argParser((value: string, before: string[]) => [...before, value])
        .default([], 'none'),
    )
    .option('--dry-run', 'only say what would run, and why')
    .option(...JOURNAL_OPTION)
    .action(resumeJob);
}

async function resumeJob(jobId: string, options: Options): Promise<void> {
  const graph = options.graph === undefined ? undefined : await readGraph(options.graph);
  const from = options.from.length > 0 ? [...options.from] : undefined;
  const changes: Changes = present({ graph, from });
  if (options.dryRun) return sayWhatRuns(jobId, options, changes);
  const request = present({ from, graphHash: graph && graphHash(graph) });
  const reason = 'resumed from the command line';
  await goOnWith(jobId, options, (runtime) => runtime.resume(jobId, reason, request), { changes });
}

/** Reads only: another process may have the job. */
async function sayWhatRuns(jobId: string, options: Options, changes: Changes): Promise<void> {
  const layout = layoutAt(options.journal);
  if (!exists(layout.journal(jobId))) throw jobNotFound(layout, jobId);
  await assertJournal(layout, jobId);
  const stores = { journal: createFileJournalStore(layout), graphs: createFileGraphStore(layout.graphs) };
  const plan = await planChanges(stores, jobId, changes);
  process.stdout.write(
    options.json
      ? `${JSON.stringify(resumePlanJson(plan))}\n`
      : renderResumePlan(plan, colorsFor(process.stdout)),
  );
}
