import type { Decider } from '../journal/decider';
import type { DomainEvent, Recorded } from '../journal/envelope';
import type { Effect } from '../messages/effect';
import type { ReadOnly } from '../model/read-only';
import type { ListingOf } from '../projections/listing';
import type { Measure } from '../projections/measures';

/** What every input has beside its message. `at`: milliseconds since the epoch. `random`: uniform in [0, 1). */
export interface Moment {
  readonly at: number;
  readonly random: number;
}

/** What the decider is about to be given. */
export type Next<State, Event> = { readonly state: ReadOnly<State> } | { readonly event: Event };

/** What the engine must know of one stream to run its decider. */
export interface StreamSpec<State, Input, Event extends DomainEvent> {
  readonly decider: Decider<State, Input, Event>;
  /**
   * Gets what the decider takes beside state and event: for an event that is about to be folded, or a state that was
   * folded elsewhere. Undefined where there is nothing to get.
   */
  readonly ready?: (next: Next<State, Event>) => Promise<void> | undefined;
  /**
   * Adds to an input what its decision depends on beside the state, such as how much its owner may still have. May come
   * again with the same input, where another writer was faster.
   */
  readonly prepare?: (state: ReadOnly<State>, input: Input) => Promise<Input>;
  /** The next input that the state itself asks for, or undefined when nothing is left to draw from it. */
  readonly followUp?: (state: ReadOnly<State>, at: number) => Promise<Input | undefined>;
  /** The state with what the fold has let go of and the effects of these events need, from the journal. */
  readonly recall?: (state: ReadOnly<State>, events: readonly Recorded<Event>[]) => Promise<ReadOnly<State>>;
  readonly effects: (state: ReadOnly<State>, event: Recorded<Event>, traceId: string) => Effect[];
  /** What its events say in numbers; nothing, where absent. */
  readonly measure?: Measure<State, Event>;
}

/** How the fold of a kind of stream is kept between two processes. */
export interface FoldSpec<State> {
  /** Name and version. A snapshot of another one counts as none. */
  readonly name: string;
  /** A snapshot as plain JSON. */
  readonly freeze: (state: ReadOnly<State>) => unknown;
  /** @throws where it is no snapshot of this fold. */
  readonly thaw: (frozen: unknown) => State;
  /** How much memory the fold takes, in nodes of a job or what is like them. */
  readonly weight: (state: ReadOnly<State>) => number;
}

/** A stream with all that is known of its kind. */
export interface OpenStream<State, Input, Event extends DomainEvent> extends StreamSpec<State, Input, Event> {
  readonly stream: string;
  readonly fold: FoldSpec<State>;
  readonly listing?: ListingOf<State, Event> | undefined;
}

/**
 * A kind of stream: its decider, what its events require, what lists show of it. `Extra` is what its folds are of no use
 * without, such as the graph of a job.
 */
export interface Kind<Message, State, Input, Event extends DomainEvent, Extra extends object = object> {
  readonly fold: FoldSpec<State>;
  readonly listing?: ListingOf<State, Event>;
  readonly inputOf: (message: Message & Moment) => Input;
  /** Whether a message is of no consequence where there is no such stream, or none any more; none is, where absent. */
  readonly isOfNoUse?: (message: Message) => boolean;
  /**
   * What it takes to run the decider of a stream.
   * @param messages that are about to be decided, where there are any.
   * @param held the fold of the stream, where this process holds it.
   * @throws RepriseError such as JOB_NOT_FOUND
   */
  readonly open: (
    id: string,
    messages: readonly Message[],
    held?: ReadOnly<State>,
  ) => Promise<StreamSpec<State, Input, Event> & WithExtra<State, Extra>>;
}

interface WithExtra<State, Extra> {
  readonly extra: (state: ReadOnly<State>) => Extra;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds kinds of every message, state, input and event.
export type AnyKind = Kind<any, any, any, any, any>;

export type MessageOf<K> = K extends Kind<infer M, infer _S, infer _I, infer _E, infer _X> ? M : never;
export type StateOf<K> = K extends Kind<infer _M, infer S, infer _I, infer _E, infer _X> ? S : never;
export type EventOf<K> = K extends Kind<infer _M, infer _S, infer _I, infer E, infer _X> ? E : never;
export type ExtraOf<K> = K extends Kind<infer _M, infer _S, infer _I, infer _E, infer X> ? X : never;
