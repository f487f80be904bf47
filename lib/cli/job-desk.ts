import { ulid } from 'ulid';
import { createFileLogs } from '../adapters/embedded/disk/attempt-logs';
import { type JobOfDirectory, listJobsOf } from '../adapters/embedded/disk/job-list';
import { assertFound } from '../adapters/embedded/disk/journal-check';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { ownersOf } from '../adapters/embedded/disk/lock';
import { type Order, placeOrder } from '../adapters/embedded/disk/orders';
import { createJobClient, type JobsQuery, type ListedJobs } from '../adapters/http/job-client';
import { createJournalClient } from '../adapters/http/journal-client';
import { pageBehind } from '../api/cursor';
import type { JobView } from '../contract/jobs';
import { isRepriseError, RepriseError } from '../core/errors';
import type { Recorded } from '../core/journal/envelope';
import { jobAt, streamOf } from '../core/messages/address';
import type { AttemptRef } from '../core/model/attempt';
import { isOver } from '../core/model/outcome';
import { present } from '../core/model/present';
import type { LogPage, LogStream } from '../core/ports/logs';
import { askBy, askWhoHas, type ConnectOptions } from './connect';
import { jobViewIn } from './job-view';
import { currentUser, layoutAt } from './options';

/** A job of a list. Of a journal directory it also says whether a process runs it. */
export type ListedJob = ListedJobs['jobs'][number] & {
  readonly pid?: number;
  readonly interrupted?: boolean;
};

/** What commands ask about jobs: of an engine, or of the files of a journal directory, whoever runs them. */
export interface JobDesk {
  readonly list: (
    query: JobsQuery,
  ) => Promise<{ readonly jobs: readonly ListedJob[]; readonly next_cursor?: string | undefined }>;
  /** With all of its nodes. @throws RepriseError JOB_NOT_FOUND */
  readonly get: (jobId: string) => Promise<JobView>;
  /** Events from a sequence on, as many as there are now. @throws RepriseError JOB_NOT_FOUND */
  readonly events: (jobId: string, from: number) => AsyncIterable<Recorded>;
  /** A piece of what an attempt wrote; undefined where it has not begun to. */
  readonly log: (attempt: AttemptRef, stream: LogStream, from: number) => Promise<LogPage | undefined>;
  /** Why nothing will come of a job as it stands, where that can be known. */
  readonly idle: (jobId: string) => string | undefined;
  /** How long to wait until it is asked again, milliseconds. */
  readonly paceMs: number;
}

/** The engine of `--api`, else the files of the journal directory: whether a daemon serves them or not. */
export function jobDesk(options: ConnectOptions): JobDesk {
  return options.api === undefined ? deskOfFiles(layoutAt(options.journal)) : deskOfEngine(options);
}

function deskOfEngine(options: ConnectOptions): JobDesk {
  const ask = <T>(question: (client: ReturnType<typeof createJobClient>) => Promise<T>) =>
    askBy(createJobClient, options, question);
  return {
    list: (query) => ask((client) => client.list(query)),
    get: (jobId) => ask((client) => client.get(jobId)),
    async *events(jobId, from) {
      for (let next: number | undefined = from; next !== undefined; ) {
        const at: number = next;
        const page = await askBy(createJournalClient, options, (client) => client.ofJob(jobId, at));
        yield* page.events;
        next = page.next;
      }
    },
    async log(attempt, stream, from) {
      try {
        return await ask((client) => client.log(attempt, stream, from));
      } catch (error) {
        if (isRepriseError(error, 'NODE_NOT_FOUND')) return undefined;
        const isUnknown = isRepriseError(error) && [403, 404].includes(Number(error.context['status']));
        throw isUnknown && !isRepriseError(error, 'JOB_NOT_FOUND') ? noLogs(options.api, error) : error;
      }
    },
    idle: () => undefined,
    paceMs: 1_000,
  };
}

/** API Gateway has no such route. */
function noLogs(api: string | undefined, cause: unknown): RepriseError {
  const message = `${api} keeps no logs of attempts: they are on the workers that ran them (docs/worker.md)`;
  return new RepriseError('INPUT_INVALID', message, { cause });
}

function deskOfFiles(layout: Layout): JobDesk {
  const logs = createFileLogs(layout);
  const journal = createFileJournalStore(layout);
  return {
    async list({ status, limit = 20, cursor }) {
      const { jobs, ...next } = await pageBehind(['jobs', present({ status })], cursor, (cursor) =>
        listJobsOf(layout, { status, limit, cursor }),
      );
      return { jobs: jobs.map(listed), ...present({ next_cursor: next.cursor }) };
    },
    get: (jobId) => jobViewIn(layout, jobId),
    async *events(jobId, from) {
      await assertFound(layout, jobId);
      yield* journal.read(streamOf(jobAt(jobId)), from);
    },
    log: (attempt, stream, from) => logs.read(attempt, { stream, from, limit: PAGE_BYTES }),
    idle(jobId) {
      if (ownersOf(layout.job(jobId)).length > 0) return undefined;
      return `no process runs job ${jobId}: \`reprise resume ${jobId}\` goes on with it, or the daemon that had it`;
    },
    paceMs: 200,
  };
}

const PAGE_BYTES = 65_536;

function listed({ jobId, jobType: _, submittedAt, pid, ...rest }: JobOfDirectory): ListedJob {
  const isInterrupted = pid === undefined && !isOver(rest.status);
  return {
    ...{ job_id: jobId, ...rest, submitted_at: new Date(submittedAt).toISOString() },
    ...present({ pid, interrupted: isInterrupted || undefined }),
  };
}

/**
 * Has the engine that runs a job do something with it: that of `--api`, the daemon of the directory, or the process that
 * `reprise run` is.
 * @returns the status of the job when it was asked
 * @throws RepriseError JOB_NOT_FOUND, JOB_LOCKED where nobody takes the order, INPUT_INVALID of a job that is over
 */
export async function orderJob(jobId: string, order: Order, options: ConnectOptions): Promise<string> {
  const { type, ...request } = order;
  const asked = await askWhoHas(createJobClient, options, (client) => client[type](jobId, request));
  if (asked !== undefined) return asked.status;
  const layout = layoutAt(options.journal);
  const { status } = await jobViewIn(layout, jobId);
  if (status !== 'submitted' && status !== 'running') {
    throw new RepriseError('INPUT_INVALID', `job ${jobId} is over (${status}): there is nothing to ${type}`);
  }
  if (ownersOf(layout.job(jobId)).length === 0) {
    const message = `no process runs job ${jobId}: \`reprise resume ${jobId}\` goes on with it`;
    throw new RepriseError('JOB_LOCKED', message, { context: { jobId } });
  }
  await placeOrder(layout, jobId, { id: ulid(), by: currentUser(), order });
  return status;
}
