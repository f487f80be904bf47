import { resolve } from 'node:path';
import { ulid } from 'ulid';
import { createFileHistory, type FileHistory } from '../adapters/embedded/disk/history';
import { createFileJournalStore, type FileJournalStore } from '../adapters/embedded/disk/journal-store';
import { type Layout, layoutOf } from '../adapters/embedded/disk/layout';
import { type RunRecord, saveRunRecord } from '../adapters/embedded/disk/run-record';
import { openDirectory } from '../adapters/embedded/disk/store';
import { parseEnvArguments } from '../adapters/embedded/process/environment';
import { createSecrets } from '../adapters/embedded/process/secrets';
import { createReportMerger } from '../adapters/embedded/runtime/merged-reports';
import { checkRunnable } from '../adapters/embedded/runtime/runnable';
import { jobExists } from '../adapters/embedded/runtime/runtime';
import { openSession, type Session } from '../adapters/embedded/runtime/session';
import { currentUser, defaultSlots, parseJobId, parseSlots } from '../cli/options';
import { resultOf } from '../cli/render/result';
import { parse } from '../contract/read';
import type { Graph } from '../core/dag/graph';
import { jobAt, streamOf } from '../core/messages/address';
import { type Parameters, parametersSchema } from '../core/model/parameters';
import { createLessons, type Lessons } from '../core/projections/lessons';
import { createTally } from '../core/projections/tally';
import type { GraphSource } from './graph-source';
import { graphFrom } from './read-graph';

export interface RunGraphOptions {
  /** The directory of the journal; `.reprise` of the working directory by default. */
  readonly journal?: string;
  /** 1 to 64 letters, digits, hyphens or underscores; made when not given. */
  readonly jobId?: string;
  /** Attempts at a time; as many as there are processors by default. */
  readonly slots?: number;
  /** Where commands run; the working directory by default. */
  readonly cwd?: string;
  /** Variables that commands see beside the common ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** The command that runs a suite, by its id. */
  readonly suites?: Readonly<Record<string, string>>;
  /** Commands see them as REPRISE_PARAM_NAME. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Cancels the job, which ends its commands in order and runs what cleans up. */
  readonly signal?: AbortSignal;
  /** Hears every event of the job once it is durable. */
  readonly onEvent?: (event: JournalEvent) => void;
}

/** An event of the job's journal: docs/journal.md. */
export interface JournalEvent {
  readonly type: string;
  readonly data: object;
  /** 1 for the first event of the job, without gaps. */
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly hash: string;
}

export interface NodeOutcome {
  readonly status: 'succeeded' | 'failed' | 'skipped' | 'cancelled';
  readonly attempts: number;
  readonly durationSeconds: number;
  /** It counts as succeeded though its last attempt failed. */
  readonly warning?: string;
}

/** What `reprise run --json` prints. */
export interface RunOutcome {
  readonly jobId: string;
  /** `succeeded`, `failed` or `cancelled`. */
  readonly status: string;
  readonly durationSeconds: number;
  /** By id, in the order of the graph. */
  readonly nodes: Readonly<Record<string, NodeOutcome>>;
}

/**
 * Runs a graph on this machine to its end, as `reprise run` does; `reprise resume` goes on with it after a crash. A job
 * that failed is a result, no error.
 * @throws RepriseError with every problem of the graph; INPUT_INVALID, SUITE_UNKNOWN, NODE_UNSCHEDULABLE, JOB_EXISTS
 */
export async function runGraph(source: GraphSource, options: RunGraphOptions = {}): Promise<RunOutcome> {
  const graph = graphFrom(source);
  const record = recordOf(options);
  const env = variablesOf(options);
  const parameters =
    options.parameters === undefined ? {} : { parameters: parse(parametersSchema, options.parameters) };
  checkRunnable(graph, record);
  const layout = layoutOf(resolve(options.journal ?? '.reprise'));
  const jobId = options.jobId === undefined ? ulid() : parseJobId(options.jobId);
  await openDirectory(layout);
  const journal = createFileJournalStore(layout);
  try {
    await journal.own(jobId);
    if ((await journal.head(streamOf(jobAt(jobId)))).seq > 0) throw jobExists(jobId);
    await saveRunRecord(layout, jobId, record);
    return await drive({ jobId, graph, layout, journal, record, env, parameters, options });
  } finally {
    await journal.close();
  }
}

interface Drive {
  readonly jobId: string;
  readonly graph: Graph;
  readonly layout: Layout;
  readonly journal: FileJournalStore;
  readonly record: RunRecord;
  readonly env: Readonly<Record<string, string>>;
  readonly parameters: { readonly parameters?: Parameters };
  readonly options: RunGraphOptions;
}

async function drive({ jobId, graph, layout, journal, options, ...rest }: Drive): Promise<RunOutcome> {
  const [tally, lessons] = [createTally(), createLessons(graph, () => undefined)];
  const [merger, history] = [createReportMerger(layout), createFileHistory(layout)];
  const session = openSession({
    ...{ layout, journal, history, record: rest.record, env: rest.env },
    secrets: createSecrets({ env: process.env, warn: noted }),
    onEvents(events) {
      for (const event of events) {
        tally.apply(event);
        lessons.apply(event);
        options.onEvent?.(event);
      }
      merger.apply(jobId, events);
    },
  });
  const disarm = cancelledBy(options.signal, session, jobId);
  try {
    await session.runtime.submit(jobId, {
      graph,
      owner: currentUser(),
      priority: 'normal',
      ...rest.parameters,
    });
    if (options.signal?.aborted) cancel(session, jobId);
    const fold = await session.runtime.finished(jobId);
    return resultOf(jobId, fold, { tally, reports: merger.written(jobId) });
  } finally {
    disarm();
    await session.close();
    await learn(history, lessons);
  }
}

function recordOf({ cwd = '.', slots, suites = {}, env = {} }: RunGraphOptions): RunRecord {
  return {
    ...{ cwd: resolve(cwd), source: 'a program', suites, env: Object.keys(env) },
    slots: slots === undefined ? defaultSlots() : parseSlots(String(slots)),
  };
}

function cancelledBy(signal: AbortSignal | undefined, session: Session, jobId: string): () => void {
  const aborted = () => cancel(session, jobId);
  signal?.addEventListener('abort', aborted);
  return () => signal?.removeEventListener('abort', aborted);
}

function cancel({ runtime }: Session, jobId: string): void {
  runtime.cancel(jobId, 'cancelled by the program that runs it');
}

/** @throws RepriseError INPUT_INVALID for a name that no shell accepts, and for our own token */
function variablesOf({ env = {} }: RunGraphOptions): Record<string, string> {
  return parseEnvArguments(
    Object.entries(env).map(([name, value]) => `${name}=${value}`),
    {},
  );
}

/** The job is over and recorded: that later jobs know less is no reason to fail it. */
async function learn(history: FileHistory, lessons: Lessons): Promise<void> {
  const update = lessons.update();
  if (update) await history.learn(update).catch((error) => noted(String(error)));
}

function noted(message: string): void {
  process.emitWarning(message, 'RepriseWarning');
}
