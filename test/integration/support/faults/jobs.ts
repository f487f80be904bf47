import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JobView, jobView } from '../../../../lib/contract/jobs';
import { localClients } from '../../../../lib/localcloud/clients';
import { queueDepths } from '../../../../lib/localcloud/queues';
import { type Answer, type Api, isOver } from '../api';
import type { LocalEnvironment } from '../local-environment';

/** Asks again while the API is at fault or cannot be reached, as every client should. */
export async function patiently(ask: () => Promise<Answer>, patienceMs = 60_000): Promise<Answer> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask().catch((error: Error) => ({ status: 599, body: error.message }) as Answer);
    if (answer.status < 500) return answer;
    if (Date.now() > deadline) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
    await sleep(200);
  }
}

/** Submits a job, the same one however often it is asked for. */
export async function submitPatiently(api: Api, body: object): Promise<string> {
  const headers = { 'Idempotency-Key': randomUUID() };
  const answer = await patiently(() => api.post('/jobs', body, headers));
  if (answer.status !== 202) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body.job_id;
}

export const viewOf = async (api: Api, jobId: string): Promise<JobView> =>
  jobView.parse((await patiently(() => api.get(`/jobs/${jobId}`))).body);

/** @param meanwhile what is done between two looks. */
export async function whenOver(
  { user: api, deployment }: Pick<LocalEnvironment, 'user' | 'deployment'>,
  jobIds: readonly string[],
  { patienceMs, meanwhile }: { patienceMs: number; meanwhile?: () => Promise<void> },
): Promise<JobView[]> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const jobs = await Promise.all(jobIds.map((id) => viewOf(api, id)));
    const open = jobs.filter((job) => !isOver(job));
    if (open.length === 0) return jobs;
    if (Date.now() > deadline) {
      const held = await heldIn(deployment.endpoint);
      throw new Error(`not over: ${JSON.stringify(open).slice(0, 4_000)}; queues hold ${held}`);
    }
    await meanwhile?.();
    await sleep(250);
  }
}

/** For a job that hangs. */
async function heldIn(endpoint: string): Promise<string> {
  const depths = await queueDepths(localClients(endpoint).sqs);
  return JSON.stringify(depths.filter(({ visible, inFlight, delayed }) => visible + inFlight + delayed > 0));
}

/** Attempts whose commands have run, in the order in which they began, each as often as it did. */
export function counted(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}
