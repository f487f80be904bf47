import type { NodeExplanation } from '../../contract/explanations';
import type { ReclassifyRequest } from '../../contract/history';
import type { RetryJobRequest, RollbackJobRequest } from '../../contract/jobs';
import type { NodeAttempt } from '../../core/model/attempt';
import { type ClientOptions, createClientCaller } from './api-caller';

/** The part of the REST API by which a person looks after a job. */
export interface JobClient {
  /** Answers with the status of the job when it was asked. Never tried again: that could be a second retry. */
  readonly retry: (jobId: string, request: RetryJobRequest) => Promise<{ readonly status: string }>;
  /** The same. */
  readonly rollBack: (jobId: string, request: RollbackJobRequest) => Promise<{ readonly status: string }>;
  /** Lets a user use the job, or not any more. */
  readonly share: (jobId: string, user: string) => Promise<{ readonly status: string }>;
  readonly unshare: (jobId: string, user: string) => Promise<{ readonly status: string }>;
  /** Says of what class the failure of an attempt was. */
  readonly reclassify: (jobId: string, of: NodeAttempt, request: ReclassifyRequest) => Promise<void>;
  readonly explain: (jobId: string, nodeId: string) => Promise<NodeExplanation>;
}

export function createJobClient(options: ClientOptions): JobClient {
  const ask = createClientCaller(options);
  return {
    retry: (jobId, body) => ask('retryJob', { path: { jobId }, body }, { forMs: 0 }),
    rollBack: (jobId, body) => ask('rollbackJob', { path: { jobId }, body }, { forMs: 0 }),
    share: (jobId, user) => ask('shareJob', { path: { jobId }, body: { user } }),
    unshare: (jobId, user) => ask('unshareJob', { path: { jobId }, body: { user } }),
    async reclassify(jobId, { nodeId, attempt }, body) {
      await ask('reclassifyAttempt', { path: { jobId, nodeId, attempt }, body });
    },
    explain: (jobId, nodeId) => ask('explainNode', { path: { jobId, nodeId } }),
  };
}
