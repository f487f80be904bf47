import { runOfExecution } from '../../lib/adapters/aws/machines/execution-name';
import type {
  RequestBody,
  SubmissionBody,
  TriggersBody,
  WorkflowBody,
} from '../../lib/adapters/aws/queues/queue-messages';
import type { SendMessage } from '../../lib/adapters/aws/queues/sender';
import { graphOf } from '../../lib/api/graph-of';
import { readJobRequest } from '../../lib/api/job-request';
import type { OwnedGraphs } from '../../lib/api/owned-graphs';
import { requirePool } from '../../lib/api/pools';
import { submissionOf } from '../../lib/api/submission-of';
import type { Accepted, SubmissionOrigin } from '../../lib/api/submit';
import type { Admission } from '../../lib/api/submit-job';
import { isRepriseError, isTerminal, type Problem, type RepriseError } from '../../lib/core/errors';
import { LIMITS } from '../../lib/core/limits';
import { jobAt, triggerAt } from '../../lib/core/messages/address';
import type { Submission } from '../../lib/core/messages/job';
import type { TriggerMessage } from '../../lib/core/messages/trigger';
import { present } from '../../lib/core/model/present';
import { shapeOf } from '../../lib/core/model/shape';
import type { Clock, Random } from '../../lib/core/model/time';
import type { EventPublisher } from '../../lib/core/ports/effects';
import type { MachineRequests } from '../../lib/core/ports/machines';
import type { JobList } from '../../lib/core/ports/registries';
import type { GraphStore } from '../../lib/core/ports/stores';
import type { StreamAsker, StreamReader, StreamSender } from '../../lib/core/ports/streams';
import { backoff } from '../../lib/core/retry/backoff';

export interface TriggersDeps {
  readonly streams: StreamAsker & StreamReader;
  readonly graphs: Pick<GraphStore, 'get'>;
  readonly owned: OwnedGraphs;
  /** Has the machines of a graph made. */
  readonly requests: Pick<MachineRequests, 'want'>;
  readonly pools: readonly string[];
  readonly admission: Admission;
  readonly submit: (jobId: string, submission: Submission, origin: SubmissionOrigin) => Promise<Accepted>;
  /** Tells jobs and triggers something that nobody waits for. */
  readonly queues: StreamSender;
  readonly publisher: EventPublisher;
  /** Back to the queue that the messages come from. */
  readonly send: SendMessage;
  readonly clock: Clock;
  readonly random: Random;
  readonly jobs: Pick<JobList, 'get'>;
  /** A workflow has ended before its job: somebody must hear of it. */
  readonly onLost: (jobId: string, reason: string) => void;
}

/** Before a submission is tried again while the queue of its pool is full: up to the longest delay of SQS. */
const FULL_BACKOFF = {
  strategy: 'exponential',
  initialDelayMs: 5_000,
  maxDelayMs: 900_000,
  jitter: 'equal',
} as const;

/** About a day of that, as long as EventBridge would try. */
export const MAX_TRIES = 135;

interface Origin {
  readonly id: string;
  readonly traceId?: string | undefined;
}

/**
 * What triggers hear, and what follows from it: inputs are decided, and jobs submitted, whether a trigger or an event on
 * the bus asks for them. A full queue only makes them wait; what can never be submitted is said where it was asked for. A
 * job hears when its workflow has ended by itself.
 */
export function consumeTriggers(deps: TriggersDeps): (body: TriggersBody, origin: Origin) => Promise<void> {
  return async (body, origin) => {
    switch (body.kind) {
      case 'input': {
        const { id = origin.id, actor = ENGINE, message, traceId, correlationId } = body;
        const { to } = body;
        await deps.streams.ask({ to, message }, { id, actor, ...present({ traceId, correlationId }) });
        return;
      }
      case 'submission':
        return submission(deps, body);
      case 'request':
        return request(deps, body);
      case 'workflow':
        return workflowEnded(deps, body);
    }
  };
}

async function submission(deps: TriggersDeps, body: SubmissionBody & Tried): Promise<void> {
  const { jobId, submission, id } = body;
  const { trigger } = submission;
  const actor = { kind: 'engine' as const, id: trigger ? `trigger/${trigger.id}` : 'triggers' };
  try {
    if (trigger && (await isCancelled(deps, trigger.id, jobId))) {
      const message = { type: 'jobEnded' as const, jobId, status: 'cancelled' as const };
      return await tellTrigger(deps, trigger.id, message, `${id}/cancelled`);
    }
    const origin = { requestId: id, traceId: id, actor };
    await submitOrWait(deps, { jobId, submission, origin }, (refusal) => again(deps, body, refusal));
    if (!trigger || !(await isCancelled(deps, trigger.id, jobId))) return;
    // Cancelled by its trigger while it was being submitted: the cancellation may have come before there was a job.
    const reason = `trigger ${trigger.name} has started another job`;
    const cancel = { to: jobAt(jobId), message: { type: 'cancel', reason } } as const;
    await deps.queues.send(cancel, { id: `${id}/cancelled`, actor: ENGINE });
  } catch (error) {
    if (!isFinal(error, body) || !trigger) throw error;
    const { root, depth } = trigger;
    const reason = error.message.slice(0, LIMITS.messageLength);
    const message = { type: 'jobRefused' as const, jobId, reason, ...present({ root, depth }) };
    await tellTrigger(deps, trigger.id, message, `${id}/refused`);
  }
}

const ENGINE = { kind: 'engine', id: 'triggers' } as const;

function tellTrigger(
  { queues }: TriggersDeps,
  triggerId: string,
  message: TriggerMessage,
  id: string,
): Promise<void> {
  return queues.send({ to: triggerAt(triggerId), message }, { id, actor: ENGINE });
}

/** Whether the trigger has made room for a later job. */
async function isCancelled({ streams }: TriggersDeps, triggerId: string, jobId: string): Promise<boolean> {
  return (await streams.view(triggerAt(triggerId))).state.cancelled.includes(jobId);
}

async function request(deps: TriggersDeps, body: RequestBody & Tried): Promise<void> {
  const { event } = body;
  try {
    const { jobId, owner, job } = readJobRequest(event);
    // Whoever may put events on the bus may ask in anybody's name, for what that owner has.
    const caller = { subject: owner, scopes: [] };
    const { hash } = await graphOf(deps.owned, job, { caller, owner });
    const submission = submissionOf(job, { graphHash: hash, owner, now: deps.clock() });
    const actor = { kind: 'engine' as const, id: `event/${event.source}` };
    const origin = { requestId: event.id, traceId: event.id, actor };
    await submitOrWait(deps, { jobId, submission, origin }, (refusal) => again(deps, body, refusal));
  } catch (error) {
    if (isRepriseError(error, 'QUOTA_EXCEEDED') && body.tries < MAX_TRIES) return again(deps, body, error);
    if (!isFinal(error, body)) throw error;
    const { code, message, problems } = error;
    const { id, source } = event;
    // Nobody waits for an answer: whoever asked hears of it on the bus, with what was asked.
    await deps.publisher.publish({
      id: `event/${event.id}/refused`,
      type: 'orchestration.job.refused',
      at: deps.clock(),
      owner: askedFor(event),
      detail: {
        error: { code, message, problems: problems.slice(0, LIMITS.problemsTold).map(placeOf) },
        // Nesting that nothing reads, nothing can write either.
        event: isDeep(event) ? { id, source } : event,
      },
    });
  }
}

/** Whom a request that may not even be readable is for: what is said of it is theirs. */
function askedFor({ source, detail }: RequestBody['event']): string {
  const { requested_by } = (detail ?? {}) as { readonly requested_by?: unknown };
  return typeof requested_by === 'string' && requested_by !== '' ? requested_by : `event:${source}`;
}

function placeOf({ path, message }: Problem) {
  return { path, message };
}

function isDeep(value: unknown): boolean {
  return shapeOf(value).depth > LIMITS.nesting;
}

/**
 * Executions end after their jobs. One that ends before has died: nothing of its job is entered any more, unless a later
 * one has begun.
 */
async function workflowEnded(deps: TriggersDeps, { event }: WorkflowBody): Promise<void> {
  const { name, input, executionArn, status, error, cause } = event.detail;
  const execution = runOfExecution(name, input);
  if (!execution || !(await isRunning(deps, execution.jobId))) return;
  const { jobId, run } = execution;
  // The cause may quote what a state was given: it is for the log of the engine, and not for the journal of an owner.
  const reason = (error || `the execution was ${status}`).slice(0, LIMITS.reasonLength);
  deps.onLost(jobId, cause ? `${reason}: ${cause}` : reason);
  const ending = status.toLowerCase() as Lowercase<typeof status>;
  const message = { type: 'workflowEnded', status: ending, reason, run } as const;
  const actor = { kind: 'workflow', id: 'step-functions' } as const;
  await deps.queues.send({ to: jobAt(jobId), message }, { id: `execution/${executionArn}`, actor });
}

async function isRunning({ jobs }: TriggersDeps, jobId: string): Promise<boolean> {
  try {
    return (await jobs.get(jobId)).status === 'running';
  } catch (error) {
    if (isRepriseError(error, 'JOB_NOT_FOUND')) return false;
    throw error;
  }
}

interface Wanted {
  readonly jobId: string;
  readonly submission: Submission;
  readonly origin: SubmissionOrigin;
}

async function submitOrWait(
  deps: TriggersDeps,
  { jobId, submission, origin }: Wanted,
  wait: (refusal: RepriseError) => Promise<void>,
): Promise<void> {
  requirePool(deps.pools, submission.pool);
  const refusal = await deps.admission(submission.pool, submission.owner);
  if (refusal) return wait(refusal);
  await deps.graphs.get(submission.graphHash);
  await deps.requests.want(submission.graphHash, submission.owner);
  await deps.submit(jobId, submission, origin);
}

interface Tried {
  readonly tries: number;
}

/**
 * As a new message: to be refused for now is no failure, and ends in no DLQ.
 * @throws RepriseError the refusal, when it was put off often enough.
 */
async function again(
  deps: TriggersDeps,
  body: (SubmissionBody | RequestBody) & Tried,
  refusal: RepriseError,
): Promise<void> {
  const { tries } = body;
  if (tries >= MAX_TRIES) throw refusal;
  const { delayMs } = backoff(FULL_BACKOFF, tries + 1, deps.random());
  const delaySeconds = Math.ceil(delayMs / 1_000);
  await deps.send({ body: { ...body, tries: tries + 1 }, delaySeconds });
}

/** Whether it is refused for good: nothing changes that, or there was no room in all that time. */
function isFinal(error: unknown, { tries }: Tried): error is RepriseError {
  if (isTerminal(error)) return true;
  const noRoom = isRepriseError(error, 'QUEUE_FULL') || isRepriseError(error, 'QUOTA_EXCEEDED');
  return noRoom && tries >= MAX_TRIES;
}
