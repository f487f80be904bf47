import { hash } from 'node:crypto';
import { canonicalJson } from '../model/canonical';
import { versionOf } from './upcasts';

/** Who caused an event: a person, a worker, or a part of the engine. */
export interface Actor {
  readonly kind: 'user' | 'worker' | 'engine' | 'timer' | 'workflow';
  readonly id: string;
}

/** An event as a decider returns it: a type and its data, nothing of the journal yet. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

/** What the shell knows of the input that caused a batch of events. */
export interface Cause {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: Actor;
  /** The id of the input (message, request, timer) that was decided. */
  readonly causeId: string;
  readonly correlationId: string;
  readonly traceId: string;
}

/** What the journal adds to an event. `hash` covers every other field, `prev` is the hash of the event before. */
export interface Entry {
  /** The stream, such as `job/01J...` or `pool/default`. */
  readonly stream: string;
  /** 1 for the first event of a stream, without gaps. */
  readonly seq: number;
  readonly at: number;
  /** The version of its shape; absent in the first. */
  readonly v?: number;
  readonly actor: Actor;
  readonly causeId: string;
  /** Of the call that caused it; where it was none, the stream. */
  readonly correlationId: string;
  /** Of the call that began the stream. */
  readonly traceId: string;
  readonly prev: string;
  readonly hash: string;
}

/** An event as the journal keeps it: the event, and its entry. */
export type Recorded<E extends DomainEvent = DomainEvent> = E & Entry;

/** The hash before the first event: 64 zeros. */
export const GENESIS = '0'.repeat(64);

/** Where a stream ends: the version to expect at the next append, and the hash to chain to. */
export interface StreamHead {
  readonly seq: number;
  readonly hash: string;
}

export const EMPTY_HEAD: StreamHead = { seq: 0, hash: GENESIS };

/** SHA-256 in hex over the RFC 8785 canonical JSON of the event without its hash. */
export function hashEvent(event: Omit<Recorded, 'hash'>): string {
  const { stream, seq, at, type, v, data, actor, causeId, correlationId, traceId, prev } = event;
  // In order, so that there is less to sort. One without a version is hashed without it.
  const fields = { actor, at, causeId, correlationId, data, prev, seq, stream, traceId, type, v };
  return hash('sha256', canonicalJson(fields));
}

/** Chains decided events to the head of their stream. */
export function record<E extends DomainEvent>(
  stream: string,
  head: StreamHead,
  events: readonly E[],
  cause: Cause,
): Recorded<E>[] {
  let { seq, hash: prev } = head;
  return events.map((event) => {
    seq += 1;
    const version = versionOf(stream, event.type);
    const bare = {
      stream,
      seq,
      at: cause.at,
      type: event.type,
      ...(version > 1 && { v: version }),
      data: event.data,
      actor: cause.actor,
      causeId: cause.causeId,
      correlationId: cause.correlationId,
      traceId: cause.traceId,
      prev,
    };
    prev = hashEvent(bare);
    return Object.assign(bare, { hash: prev }) as unknown as Recorded<E>;
  });
}
