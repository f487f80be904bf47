import type { ReadOnly } from '../model/read-only';
import type { DomainEvent } from './envelope';

/**
 * A decider in three functions. `decide` reads the state and an input and returns what happened; it changes
 * nothing. `evolve` folds one event into the state and returns it. The state is owned by the caller and folded
 * in place, so that one event costs constant time in a graph of 10,000 nodes: do not keep an older state.
 */
export interface Decider<State, Input, Event extends DomainEvent> {
  readonly initial: () => State;
  readonly decide: (state: ReadOnly<State>, input: Input) => Event[];
  /** @param at time of the event in milliseconds since the epoch. */
  readonly evolve: (state: State, event: Event, at: number) => State;
}
