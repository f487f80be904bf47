import type { Actor, Recorded } from '../journal/envelope';
import type { Effect } from '../messages/effect';
import { present } from '../model/present';

/** What a line of a trace is about: what happened, and what it had the engine tell others. */
export const TRACE_LINES = ['event', 'attempt', 'message', 'notification', 'workflow'] as const;

/** Something that happened, or was sent. Times in milliseconds since the epoch. */
export interface TraceLine {
  readonly at: number;
  /** The event: its stream, and its sequence there; of what was sent, the event that required it. */
  readonly stream: string;
  readonly seq: number;
  readonly kind: (typeof TRACE_LINES)[number];
  /** The type of the event, of the message, of the event on the bus; or what was asked of the workflow. */
  readonly type: string;
  /** Why: the id of what caused the event. `<stream>/<seq>` and more where that is another event. */
  readonly cause: string;
  readonly actor?: Actor;
  /** Of the call that caused it, where it was one. */
  readonly correlationId?: string;
  readonly nodeId?: string;
  readonly attempt?: number;
  readonly workerId?: string;
  /** Where a message goes. */
  readonly to?: string;
}

type OfNode = { readonly nodeId?: string; readonly attempt?: number; readonly workerId?: string };

export function eventLine({
  at,
  stream,
  seq,
  type,
  causeId,
  actor,
  correlationId,
  data,
}: Recorded): TraceLine {
  const { nodeId, attempt, workerId } = data as OfNode;
  return {
    ...{ at, stream, seq, kind: type.startsWith('attempt.') ? 'attempt' : 'event', type },
    ...{ cause: causeId, actor, ...present({ nodeId, attempt, workerId }) },
    // Where no call caused it, its stream stands there.
    ...(correlationId === stream ? {} : { correlationId }),
  };
}

/** What an effect tells somebody; nothing of one that only keeps something. */
export function effectLines(effect: Effect, at: number): TraceLine[] {
  const of = { at, ...effect.cause, cause: effect.id };
  switch (effect.kind) {
    case 'send':
    case 'timer':
      return [{ ...of, kind: 'message', type: effect.message.type, to: `${effect.to.kind}/${effect.to.id}` }];
    case 'submitJob':
      return [{ ...of, kind: 'message', type: 'submit', to: `job/${effect.jobId}` }];
    case 'publish':
      return [{ ...of, kind: 'notification', type: effect.event.type }];
    case 'answerNode':
      return [{ ...of, kind: 'workflow', type: effect.kind, nodeId: effect.answer.nodeId }];
    case 'startWorkflow':
    case 'stopWorkflow':
    case 'answerOutcome':
      return [{ ...of, kind: 'workflow', type: effect.kind }];
    default:
      return [];
  }
}
