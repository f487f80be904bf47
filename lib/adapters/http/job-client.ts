import { type NodeExplanation, nodeExplanation } from '../../contract/explanations';
import { jobCommandResponse, type RetryJobRequest } from '../../contract/jobs';
import { createApiCaller } from './api-caller';
import type { TriggerClientOptions } from './trigger-client';

/** The part of the REST API by which a person looks after a job. */
export interface JobClient {
  /** Answers with the status of the job when it was asked. Never tried again: that could be a second retry. */
  readonly retry: (jobId: string, request: RetryJobRequest) => Promise<{ readonly status: string }>;
  readonly explain: (jobId: string, nodeId: string) => Promise<NodeExplanation>;
}

const TIMEOUT_MS = 30_000;

export function createJobClient({ api, token, retryForMs = 0, fetch }: TriggerClientOptions): JobClient {
  const ask = createApiCaller({ api, token, timeoutMs: TIMEOUT_MS, retry: { forMs: retryForMs }, fetch });
  const pathOf = (jobId: string) => `/jobs/${encodeURIComponent(jobId)}`;
  return {
    retry: (jobId, body) =>
      ask({ method: 'POST', path: `${pathOf(jobId)}/retry`, body, forMs: 0 }, jobCommandResponse),
    explain: (jobId, nodeId) =>
      ask(
        { method: 'GET', path: `${pathOf(jobId)}/nodes/${encodeURIComponent(nodeId)}/explanation` },
        nodeExplanation,
      ),
  };
}
