import { join } from 'node:path';
import type { ExecutionRef } from '../../core/ports';
import { attemptFiles } from './process-files';

/**
 * Where the embedded runtime keeps things under its journal directory:
 *
 *     graphs/<hash>.json            graphs by content
 *     jobs/<jobId>/journal.jsonl    the events, one a line
 *     jobs/<jobId>/head.json        where the journal is known to reach
 *     jobs/<jobId>/run.json         what a resume needs beside the graph
 *     jobs/<jobId>/attempts/<nodeId>.<attempt>.*   logs and result of an attempt
 *     jobs/<jobId>/owner-*.lock     the process that runs the job
 */
export interface Layout {
  readonly root: string;
  readonly graphs: string;
  readonly jobs: string;
  readonly job: (jobId: string) => string;
  readonly journal: (jobId: string) => string;
  readonly head: (jobId: string) => string;
  readonly run: (jobId: string) => string;
  readonly attempts: (jobId: string) => string;
  /** What the paths of an attempt's files begin with. */
  readonly attempt: (ref: ExecutionRef) => string;
}

export function layoutOf(root: string): Layout {
  const jobs = join(root, 'jobs');
  const job = (jobId: string) => join(jobs, jobId);
  const attempts = (jobId: string) => join(job(jobId), 'attempts');
  return {
    root,
    graphs: join(root, 'graphs'),
    jobs,
    job,
    journal: (jobId) => join(job(jobId), 'journal.jsonl'),
    head: (jobId) => join(job(jobId), 'head.json'),
    run: (jobId) => join(job(jobId), 'run.json'),
    attempts,
    attempt: (ref) => attemptFiles(jobs, ref).base,
  };
}
