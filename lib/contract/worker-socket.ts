import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { attemptShape } from '../core/model/attempt';
import { count, positive, text } from '../core/model/bounded';
import type { ReadOnly } from '../core/model/read-only';
import { executionRef, executionRequest, executionStatus, MAX_RUNNING } from './executions';
import { nextSeconds } from './workers';

/**
 * What crosses the connection of a worker that pulls: WebSocket text messages, JSON each. The worker opens it at the
 * address that its registration was answered with, with its token as bearer token, and opens it again when it closes.
 */

/** Bytes of a message at most: API Gateway closes a connection over a frame of more than 32 KiB. */
const MAX_MESSAGE_BYTES = 32 * 1024;

/** Answers of one message: each is a write for whoever hears them. */
export const MAX_ANSWERS = 50;

/** Attempts that one question is about. */
const MAX_ASKED = 100;

/** What a worker says of the attempts that it was asked about, in their order, and of all that it runs. */
const told = z.object({
  attempts: z.array(executionStatus.shape.status).max(MAX_ASKED),
  running: z.array(executionRef).max(MAX_RUNNING),
});
export type Told = ReadOnly<z.infer<typeof told>>;
/** The same as it is kept until whoever asked reads it. */
export const toldText = text(MAX_MESSAGE_BYTES).transform((text) => told.parse(JSON.parse(text)));

/** From the worker. The gateway picks the route by `type`. */
export const workerMessage = z.discriminatedUnion('type', [
  /** As `POST /workers/{workerId}/heartbeat`; answered by `heard` or `unregistered`. */
  z.object({
    type: z.literal('heartbeat'),
    running: count(LIMITS.edges),
    draining: z.boolean().exactOptional(),
    /** In so many seconds at the latest it speaks again; 40 where it does not say. */
    next_seconds: nextSeconds.exactOptional(),
  }),
  /**
   * What came of each `submit` and `cancel`, those of a moment together: a status of the contract over HTTP: 202, 400, 409 or 503; 201 where the attempt
   * has started, and is not reported as started besides. To `ask`: 200, and what it was asked for; such an answer comes alone.
   */
  z.object({
    type: z.literal('answer'),
    answers: z
      .array(
        z.object({
          id: z.uuid(),
          status: z.number().int().min(200).max(599),
          told: told.exactOptional(),
        }),
      )
      .min(1)
      .max(MAX_ANSWERS),
  }),
]);
export type WorkerMessage = z.infer<typeof workerMessage>;

const { job_id, node_id } = executionRequest.shape;

/** To the worker. It answers a call by its `id`, each time the call comes. */
export const engineMessage = z.discriminatedUnion('type', [
  /** `idle_seconds`: how long it may be silent from now on while it has nothing to do. */
  z.object({ type: z.literal('heard'), idle_seconds: positive(3_600).exactOptional() }),
  /** The engine does not know this registration, or holds the worker for lost: register again. */
  z.object({ type: z.literal('unregistered') }),
  /** `execution`: an `executionRequest`; what is none is answered by 400. */
  z.object({ type: z.literal('submit'), id: z.uuid(), execution: z.unknown() }),
  z.object({
    ...{ type: z.literal('cancel'), id: z.uuid(), reason: text(LIMITS.messageLength) },
    ...{ job_id, node_id, attempt: attemptShape.attempt },
  }),
  /** How attempts stand, and what else runs. A worker of an earlier version does not answer. */
  z.object({ type: z.literal('ask'), id: z.uuid(), attempts: z.array(executionRef).max(MAX_ASKED) }),
  /** A piece of a message that is longer than the gateway takes, `index` of `count`, in base64. */
  z.object({
    ...{ type: z.literal('part'), id: z.uuid(), data: text(MAX_MESSAGE_BYTES) },
    index: z.number().int().nonnegative(),
    count: z.number().int().min(2).max(64),
  }),
]);
export type EngineMessage = ReadOnly<z.infer<typeof engineMessage>>;
export type EngineCall = Extract<EngineMessage, { type: 'submit' | 'cancel' | 'ask' }>;

/** Base64 of a piece; with what is around it, it is shorter than the whole may be. */
const PART_LENGTH = 30 * 1024;

/** A call as the texts that are sent, one where it is short. */
export function callTexts(call: EngineCall): string[] {
  const text = JSON.stringify(call);
  if (Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return [text];
  const data = Buffer.from(text).toString('base64');
  const count = Math.ceil(data.length / PART_LENGTH);
  return Array.from({ length: count }, (_, index) => {
    const part = data.slice(index * PART_LENGTH, (index + 1) * PART_LENGTH);
    return JSON.stringify({ type: 'part', id: call.id, index, count, data: part } satisfies EngineMessage);
  });
}
