import { assertNever } from '../errors';
import type { JobMessage, Submission } from '../messages/job';
import type {
  EventPublisher,
  InputQueues,
  NodeAnswer,
  PublicEvent,
  Submissions,
  Timers,
  TriggerSources,
  Workflow,
} from './stores';
import type { PoolMessage, WorkItem, WorkRef } from '../messages/pool';
import type { TriggerSource } from '../messages/trigger-definition';
import type { TriggerMessage } from '../messages/trigger';

/**
 * What an event requires of the world. Derived from recorded events and never beside them; performed at least
 * once, idempotent by `id`, which names the event: `<stream>/<seq>`.
 */
export type Effect = { readonly id: string } & (
  | { readonly kind: 'toJob'; readonly jobId: string; readonly message: JobMessage }
  | { readonly kind: 'toPool'; readonly poolId: string; readonly message: PoolMessage }
  | { readonly kind: 'timer'; readonly jobId: string; readonly message: JobMessage; readonly dueAt: number }
  | { readonly kind: 'startWorkflow'; readonly jobId: string; readonly graphHash: string }
  | { readonly kind: 'answerNode'; readonly jobId: string; readonly answer: NodeAnswer }
  | {
      readonly kind: 'answerOutcome';
      readonly jobId: string;
      readonly token: string;
      readonly status: 'succeeded' | 'failed' | 'cancelled';
    }
  | { readonly kind: 'stopWorkflow'; readonly jobId: string; readonly reason: string }
  | {
      readonly kind: 'dispatch';
      readonly work: WorkItem;
      readonly workerId: string;
      readonly endpoint?: string;
    }
  | {
      readonly kind: 'cancelExecution';
      readonly work: WorkRef;
      readonly workerId: string;
      readonly endpoint?: string;
      readonly reason: string;
    }
  | { readonly kind: 'publish'; readonly event: PublicEvent }
  | { readonly kind: 'toTrigger'; readonly triggerId: string; readonly message: TriggerMessage }
  /** Its clock or rule follows the definition; without a source there is none. */
  | { readonly kind: 'armTrigger'; readonly triggerId: string; readonly source?: TriggerSource }
  | { readonly kind: 'submitJob'; readonly jobId: string; readonly submission: Submission }
);

/** Hands leased attempts to workers. */
export interface Dispatcher {
  readonly dispatch: (effect: Extract<Effect, { kind: 'dispatch' }>) => Promise<void>;
  readonly cancel: (effect: Extract<Effect, { kind: 'cancelExecution' }>) => Promise<void>;
}

export interface EffectPorts {
  readonly queues: InputQueues;
  readonly timers: Timers;
  readonly workflow: Workflow;
  readonly dispatcher: Dispatcher;
  readonly publisher: EventPublisher;
  readonly sources: TriggerSources;
  readonly submissions: Submissions;
}

export async function performEffect(ports: EffectPorts, effect: Effect): Promise<void> {
  switch (effect.kind) {
    case 'toJob':
      return ports.queues.toJob(effect.jobId, effect.message, effect.id);
    case 'toPool':
      return ports.queues.toPool(effect.poolId, effect.message, effect.id);
    case 'timer':
      return ports.timers.schedule(effect.jobId, effect.message, effect.dueAt, effect.id);
    case 'startWorkflow':
      return ports.workflow.start(effect.jobId, effect.graphHash);
    case 'answerNode':
      return ports.workflow.answerNode(effect.jobId, effect.answer);
    case 'answerOutcome':
      return ports.workflow.answerOutcome(effect.jobId, effect.token, effect.status);
    case 'stopWorkflow':
      return ports.workflow.stop(effect.jobId, effect.reason);
    case 'dispatch':
      return ports.dispatcher.dispatch(effect);
    case 'cancelExecution':
      return ports.dispatcher.cancel(effect);
    case 'publish':
      return ports.publisher.publish(effect.event);
    case 'toTrigger':
      return ports.queues.toTrigger(effect.triggerId, effect.message, effect.id);
    case 'armTrigger':
      return ports.sources.arm(effect.triggerId, effect.source);
    case 'submitJob':
      return ports.submissions.submit(effect.jobId, effect.submission, effect.id);
    default:
      return assertNever(effect, 'effect');
  }
}
