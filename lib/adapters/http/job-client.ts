import type { AnswerOf, RequestOf } from '../../client/caller';
import type { NodeExplanation } from '../../contract/explanations';
import type { ReclassifyRequest } from '../../contract/history';
import type { JobView, RetryJobRequest, RollbackJobRequest, SubmitJobRequest } from '../../contract/jobs';
import type { JobRecoveries, JobRetries } from '../../contract/recoveries';
import { LIMITS } from '../../core/limits';
import type { AttemptRef, NodeAttempt } from '../../core/model/attempt';
import type { LogPage, LogStream } from '../../core/ports/logs';
import { type ClientOptions, createClientCaller } from './api-caller';
import { everyPageAsOne } from './every-item';
import { wholeJob } from './whole-job';

/** Which jobs are listed, and a page of them; see `GET /jobs`. */
export type JobsQuery = NonNullable<RequestOf<'listJobs'>['query']>;
export type ListedJobs = AnswerOf<'listJobs'>;

/** What of the retries of a job is asked for, and of its recoveries. */
export type RetriesFilter = Pick<NonNullable<RequestOf<'getJobRetries'>['query']>, 'outcome'>;
export type RecoveriesFilter = Pick<
  NonNullable<RequestOf<'getJobRecoveries'>['query']>,
  'cause' | 'strategy' | 'status'
>;

interface Asked {
  readonly status: string;
}

/** The part of the REST API by which a person looks after a job. */
export interface JobClient {
  /** @param key makes a repetition the same job. */
  readonly submit: (request: SubmitJobRequest, key: string) => Promise<AnswerOf<'submitJob'>>;
  readonly list: (query: JobsQuery) => Promise<ListedJobs>;
  /** With all of its nodes. */
  readonly get: (jobId: string) => Promise<JobView>;
  /** A piece of what the command of an attempt wrote, from a byte on. Only a daemon has it. */
  readonly log: (attempt: AttemptRef, stream: LogStream, from: number) => Promise<LogPage>;
  /** Answers with the status of the job when it was asked. */
  readonly cancel: (jobId: string, request: RequestOf<'cancelJob'>['body']) => Promise<Asked>;
  readonly pause: (jobId: string, request: RequestOf<'pauseJob'>['body']) => Promise<Asked>;
  readonly unpause: (jobId: string, request: RequestOf<'unpauseJob'>['body']) => Promise<Asked>;
  /** Answers with the status of the job when it was asked. Never tried again: that could be a second retry. */
  readonly retry: (jobId: string, request: RetryJobRequest) => Promise<Asked>;
  /** The same. */
  readonly rollBack: (jobId: string, request: RollbackJobRequest) => Promise<Asked>;
  /** The same. */
  readonly resume: (jobId: string, request: RequestOf<'resumeJob'>['body']) => Promise<AnswerOf<'resumeJob'>>;
  /** Lets a user use the job, or not any more. */
  readonly share: (jobId: string, user: string) => Promise<Asked>;
  readonly unshare: (jobId: string, user: string) => Promise<Asked>;
  /** Says of what class the failure of an attempt was. */
  readonly reclassify: (jobId: string, of: NodeAttempt, request: ReclassifyRequest) => Promise<void>;
  readonly explain: (jobId: string, nodeId: string) => Promise<NodeExplanation>;
  /** What was tried again, of all nodes that the filter lets through. */
  readonly retries: (jobId: string, filter: RetriesFilter) => Promise<JobRetries>;
  /** What was recovered, all that the filter lets through. */
  readonly recoveries: (jobId: string, filter: RecoveriesFilter) => Promise<JobRecoveries>;
  /** The results of the whole job, as text of JUnit and as the document of CTRF. */
  readonly junit: (jobId: string) => Promise<string>;
  readonly ctrf: (jobId: string) => Promise<AnswerOf<'getJobCtrf'>>;
}

export function createJobClient(options: ClientOptions): JobClient {
  const ask = createClientCaller(options);
  return {
    submit: (body, key) => ask('submitJob', { body }, { headers: { 'Idempotency-Key': key } }),
    list: (query) => ask('listJobs', { query }),
    get: (jobId) => wholeJob(ask, jobId),
    async log({ jobId, nodeId, attempt }, stream, from) {
      const path = { jobId, nodeId, attempt };
      const { text, next_from: next, size } = await ask('getAttemptLog', { path, query: { stream, from } });
      return { text, next, size };
    },
    cancel: (jobId, body) => ask('cancelJob', { path: { jobId }, body }),
    pause: (jobId, body) => ask('pauseJob', { path: { jobId }, body }),
    unpause: (jobId, body) => ask('unpauseJob', { path: { jobId }, body }),
    retry: (jobId, body) => ask('retryJob', { path: { jobId }, body }, { forMs: 0 }),
    rollBack: (jobId, body) => ask('rollbackJob', { path: { jobId }, body }, { forMs: 0 }),
    resume: (jobId, body) => ask('resumeJob', { path: { jobId }, body }, { forMs: 0 }),
    share: (jobId, user) => ask('shareJob', { path: { jobId }, body: { user } }),
    unshare: (jobId, user) => ask('unshareJob', { path: { jobId }, body: { user } }),
    async reclassify(jobId, { nodeId, attempt }, body) {
      await ask('reclassifyAttempt', { path: { jobId, nodeId, attempt }, body });
    },
    explain: (jobId, nodeId) => ask('explainNode', { path: { jobId, nodeId } }),
    retries(jobId, filter) {
      const request = { path: { jobId }, query: { ...filter, limit: LIMITS.listPage } };
      return everyPageAsOne(ask, 'getJobRetries', request, ({ nodes }, page) => ({
        ...page,
        nodes: [...nodes, ...page.nodes],
      }));
    },
    recoveries(jobId, filter) {
      const request = { path: { jobId }, query: { ...filter, limit: LIMITS.listPage } };
      return everyPageAsOne(ask, 'getJobRecoveries', request, ({ recoveries }, page) => ({
        ...page,
        recoveries: [...recoveries, ...page.recoveries],
      }));
    },
    junit: (jobId) => ask('getJobJUnit', { path: { jobId } }),
    ctrf: (jobId) => ask('getJobCtrf', { path: { jobId } }),
  };
}
