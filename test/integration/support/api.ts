import { setTimeout as sleep } from 'node:timers/promises';
import { type JobView, jobView, listJobsResponse } from '../../../lib/contract/jobs';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at parts of documents that the contract describes
  readonly body: any;
}

export interface Api {
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
  readonly put: (path: string, body: unknown) => Promise<Answer>;
  readonly delete: (path: string) => Promise<Answer>;
}

/** The REST API without a client in between: tests see status, headers and body as they are. */
export function createApi(baseUrl: string, token?: string): Api {
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const authorization: Record<string, string> =
      token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'content-type': 'application/json', ...authorization, ...init.headers };
    const response = await fetch(`${baseUrl}${path}`, { ...init, headers });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  };
  return {
    get: (path) => call(path, { method: 'GET' }),
    put: (path, body) => call(path, { method: 'PUT', body: JSON.stringify(body) }),
    delete: (path) => call(path, { method: 'DELETE' }),
    post: (path, body, headers = {}) => call(path, { method: 'POST', body: JSON.stringify(body), headers }),
  };
}

/** Submits a graph and answers the job's id. */
export async function submit(api: Api, graph: object, extra: object = {}): Promise<string> {
  const { status, body } = await api.post('/jobs', { execution_graph: graph, ...extra });
  if (status !== 202) throw new Error(`submission answered ${status}: ${JSON.stringify(body)}`);
  return body.job_id;
}

/** Asks until `done` says so. @throws with the last answer when it takes longer than `patienceMs`. */
export async function waitForJob(
  api: Api,
  jobId: string,
  done: (job: JobView) => boolean,
  patienceMs = 30_000,
): Promise<JobView> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { body, status } = await api.get(`/jobs/${jobId}`);
    if (status === 200 && done(body as JobView)) return body as JobView;
    if (Date.now() > deadline)
      throw new Error(`job ${jobId} did not get there: ${JSON.stringify(body).slice(0, 4_000)}`);
    await sleep(100);
  }
}

/** Waits for a job with many nodes: asks the list, which costs the engine one read, and then once for the job. */
export async function waitForLargeJob(api: Api, jobId: string, patienceMs: number): Promise<JobView> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { status, body } = await api.get('/jobs?limit=100');
    // While a thousand nodes share the machine with it, the emulator may have no answer in time.
    const jobs = status === 200 ? listJobsResponse.parse(body).jobs : [];
    const listed = jobs.find(({ job_id }) => job_id === jobId);
    if (listed && isOver(listed)) return jobView.parse((await api.get(`/jobs/${jobId}`)).body);
    if (Date.now() > deadline) throw new Error(`job ${jobId} is not over: ${await progressOf(api, jobId)}`);
    await sleep(500);
  }
}

/** What a person wants to know of a job that hangs. */
async function progressOf(api: Api, jobId: string): Promise<string> {
  const { status, progress_percentage, nodes } = jobView.parse((await api.get(`/jobs/${jobId}`)).body);
  const open = Object.entries(nodes).filter(([, node]) => !FINAL.has(node.status));
  return `${status}, ${progress_percentage} %, open: ${JSON.stringify(open.slice(0, 10))}`;
}

const FINAL = new Set(['succeeded', 'failed', 'skipped', 'cancelled']);

export const isOver = ({ status }: Pick<JobView, 'status'>): boolean =>
  ['succeeded', 'failed', 'cancelled'].includes(status);

/** Asks until `look` finds something. */
export async function eventually<T>(look: () => Promise<T | undefined>, patienceMs = 30_000): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`nothing came within ${patienceMs} ms`);
    await sleep(200);
  }
}
