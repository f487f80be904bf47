import type { Command } from 'commander';
import { createFileGraphStore } from '../adapters/embedded/disk/graph-store';
import { assertFound, assertJournal } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { loadRunRecord } from '../adapters/embedded/disk/run-record';
import { parseEnvArguments } from '../adapters/embedded/process/environment';
import { checkRunnable } from '../adapters/embedded/runtime/runnable';
import type { EmbeddedRuntime } from '../adapters/embedded/runtime/runtime';
import type { Graph } from '../core/dag/graph';
import { graphHash } from '../core/dag/hash';
import type { JobEvent } from '../core/job/events';
import { jobAt, streamOf } from '../core/messages/address';
import { present } from '../core/model/present';
import type { Resources } from '../core/model/resources';
import type { GraphStore, JournalStore } from '../core/ports/stores';
import { createTally, type Tally } from '../core/projections/tally';
import { DEPENDENCIES_OPTION, layoutAt, policiesIn, prepareDirectory, readSuites, say } from './options';
import type { RunResult } from './render/result';
import { type ReportFileOptions, reportFilesOf, withReportFiles } from './report-files';
import {
  REPORT_WHEN_OVER,
  type ReportingOptions,
  reportingOf,
  withReportingOptions,
} from './reporting-options';
import { type Changes, planChanges } from './resume-plan';
import { envOption, resourcesOption, slotsOption } from './run';
import { driveJob } from './run-drive';
import { type SecretOptions, secretSources, secretsOf, withSecretOptions } from './secret-options';

interface Options extends SecretOptions, ReportingOptions, ReportFileOptions {
  readonly json?: boolean;
  readonly slots?: number;
  readonly journal: string;
  readonly suites?: string;
  readonly env: readonly string[];
  readonly resources?: Resources;
  readonly dependencies?: string;
  /** Prints no result: whoever asked prints another. */
  readonly silent?: true;
}

/** What a command that goes on with a job takes. */
export type GoOnOptions = Options;

export function withGoOnOptions(command: Command): Command {
  return withReportFiles(withReportingOptions(withSecretOptions(command), REPORT_WHEN_OVER))
    .option('--json', 'print the result as one JSON document')
    .addOption(slotsOption())
    .option('--suites <file>', 'suites in place of those the job was started with')
    .addOption(envOption())
    .addOption(resourcesOption())
    .option(...DEPENDENCIES_OPTION);
}

/** How a job goes on: over what, and which end is a good one (`driveJob`). */
interface GoOn {
  readonly changes?: Changes;
  readonly isGood?: (result: RunResult) => boolean;
}

/** Runs a job of the journal to its end in this process, from `begin` on. @throws what `planOfResume` throws of changes. */
export async function goOnWith(
  jobId: string,
  options: Options,
  begin: (runtime: EmbeddedRuntime) => Promise<void>,
  { changes = {}, isGood }: GoOn = {},
): Promise<void> {
  const layout = layoutAt(options.journal);
  await assertFound(layout, jobId);
  const reporting = reportingOf(options, process.env);
  await prepareDirectory(layout);
  const journal = createFileJournalStore(layout);
  try {
    await journal.own(jobId);
    await assertJournal(layout, jobId);
    const saved = await loadRunRecord(layout, jobId);
    const record = {
      ...saved,
      ...secretSources({
        ...present({ secretsDir: saved.secretsDir }),
        ...options,
        secret: { ...saved.secret, ...options.secret },
      }),
      slots: options.slots ?? saved.slots,
      suites: options.suites === undefined ? saved.suites : await readSuites(options.suites),
      ...(options.resources === undefined ? {} : { resources: options.resources }),
      ...(await policiesIn(options)),
    };
    const env = parseEnvArguments([...saved.env, ...options.env], process.env);
    const store = createFileGraphStore(layout.graphs);
    const { tally, graphs, current } = await recall(journal, store, jobId);
    const graph = changes.graph ?? current;
    checkRunnable(graph, record);
    if (changes.graph || changes.from) await prepare({ journal, store }, jobId, changes);
    graphs.set(graphHash(graph), graph);
    const done = `${tally.finished()} of ${graph.nodes.length} nodes are done`;
    process.stderr.write(`job ${jobId}: ${done}\n`);
    const secrets = secretsOf({ secret: {}, ...record }, process.env, say);
    const how = { json: options.json === true, silent: options.silent === true };
    const drive = {
      ...{ jobId, graph, graphs, layout, journal, record, env, secrets },
      ...{ ...how, reporting, files: reportFilesOf(options), tally },
    };
    await driveJob(drive, begin, isGood);
  } finally {
    await journal.close();
  }
}

interface Stores {
  readonly journal: JournalStore;
  readonly store: GraphStore;
}

/** Nothing is begun with nodes or a graph that the job does not take. The graph is kept for the job to follow. */
async function prepare({ journal, store }: Stores, jobId: string, changes: Changes): Promise<void> {
  await planChanges({ journal, graphs: store }, jobId, changes);
  if (changes.graph) await store.put(graphHash(changes.graph), changes.graph);
}

interface Recalled {
  readonly tally: Tally;
  /** That the job has followed, by hash, the first one first. */
  readonly graphs: Map<string, Graph>;
  /** That it follows now. */
  readonly current: Graph;
}

/** What the journal says already. Its first event names the graph, and later ones may name others. */
async function recall(journal: JournalStore, store: GraphStore, jobId: string): Promise<Recalled> {
  const tally = createTally();
  const graphs = new Map<string, Graph>();
  let current: Graph | undefined;
  for await (const event of journal.read(streamOf(jobAt(jobId)))) {
    const { type, data } = event as JobEvent;
    if (type === 'job.submitted' || type === 'job.replanned') {
      current = await store.get(data.graphHash);
      graphs.set(data.graphHash, current);
    }
    tally.apply(event);
  }
  if (!current) throw new Error(`the journal of job ${jobId} names no graph`);
  return { tally, graphs, current };
}
