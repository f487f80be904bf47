import { type NodeExplanation, nodeExplanation } from '../../contract/explanations';
import type { ReclassifyRequest } from '../../contract/history';
import { jobCommandResponse, type RetryJobRequest, type RollbackJobRequest } from '../../contract/jobs';
import type { NodeAttempt } from '../../core/model/attempt';
import { type ClientOptions, createClientCaller } from './api-caller';

/** The part of the REST API by which a person looks after a job. */
export interface JobClient {
  /** Answers with the status of the job when it was asked. Never tried again: that could be a second retry. */
  readonly retry: (jobId: string, request: RetryJobRequest) => Promise<{ readonly status: string }>;
  /** The same. */
  readonly rollBack: (jobId: string, request: RollbackJobRequest) => Promise<{ readonly status: string }>;
  /** Says of what class the failure of an attempt was. */
  readonly reclassify: (jobId: string, of: NodeAttempt, request: ReclassifyRequest) => Promise<void>;
  readonly explain: (jobId: string, nodeId: string) => Promise<NodeExplanation>;
}

export function createJobClient(options: ClientOptions): JobClient {
  const ask = createClientCaller(options);
  const pathOf = (jobId: string) => `/jobs/${encodeURIComponent(jobId)}`;
  return {
    retry: (jobId, body) =>
      ask({ method: 'POST', path: `${pathOf(jobId)}/retry`, body, forMs: 0 }, jobCommandResponse),
    rollBack: (jobId, body) =>
      ask({ method: 'POST', path: `${pathOf(jobId)}/rollback`, body, forMs: 0 }, jobCommandResponse),
    async reclassify(jobId, { nodeId, attempt }, body) {
      const path = `${pathOf(jobId)}/nodes/${encodeURIComponent(nodeId)}/attempts/${attempt}/class`;
      await ask({ method: 'POST', path, body }, jobCommandResponse);
    },
    explain: (jobId, nodeId) =>
      ask(
        { method: 'GET', path: `${pathOf(jobId)}/nodes/${encodeURIComponent(nodeId)}/explanation` },
        nodeExplanation,
      ),
  };
}
