import { letterDecider } from '../../lib/core/dlq/decider';
import { letterEffects } from '../../lib/core/dlq/effects';
import type { LetterEvent } from '../../lib/core/dlq/events';
import { hasMore } from '../../lib/core/dlq/redrive';
import type { Recorded } from '../../lib/core/journal/envelope';
import type { Effect } from '../../lib/core/messages/effect';
import { type Letter, type LetterMessage, letterGroup, letterIdOf } from '../../lib/core/messages/letter';
import { described } from './described';

export const OWNER = 'ana';
export const SIGNATURE = '0123456789abcdef';
export const GROUP = letterGroup(OWNER, SIGNATURE);

export const letterIdAt = (nodeId: string, jobId = 'j'): string => letterIdOf('node', jobId, nodeId);

/** A letter of node `a` of job `j`. */
export function letterOf(nodeId: string, more: Partial<Letter> = {}): Letter {
  const jobId = more.jobId ?? 'j';
  return {
    ...{ letterId: letterIdAt(nodeId, jobId), kind: 'node', owner: OWNER, signature: SIGNATURE },
    ...{ said: 'connect ECONNREFUSED', why: 'all 3 attempts failed', jobId, nodeId, attempt: 1 },
    ...more,
  };
}

/** A group of letters, and what was told to it. */
export class LetterDriver {
  readonly state = letterDecider.initial();
  readonly events: { readonly event: LetterEvent; readonly at: number }[] = [];

  /** Decides a message and whatever the state then asks for, as the engine does. */
  send(message: LetterMessage, at = 0): LetterEvent['type'][] {
    const before = this.events.length;
    this.#apply(letterDecider.decide(this.state, { ...message, at }), at);
    while (hasMore(this.state, at)) {
      const more = letterDecider.decide(this.state, { type: 'advance', at });
      if (more.length === 0) break;
      this.#apply(more, at);
    }
    return this.events.slice(before).map(({ event }) => event.type);
  }

  #apply(events: readonly LetterEvent[], at: number): void {
    for (const event of events) {
      letterDecider.evolve(this.state, event, at);
      this.events.push({ event, at });
    }
  }

  park(nodeId: string, seq = 1, at = 0, more: Partial<Letter> = {}): LetterEvent['type'][] {
    return this.send({ type: 'park', letter: letterOf(nodeId, more), seq }, at);
  }

  closed(
    nodeId: string,
    outcome: Extract<LetterMessage, { type: 'closed' }>['outcome'],
    seq: number,
    at = 0,
  ): LetterEvent['type'][] {
    return this.send({ type: 'closed', letterId: letterIdAt(nodeId), outcome, seq }, at);
  }

  redrive(
    orderId: string,
    how: Partial<Extract<LetterMessage, { type: 'redrive' }>> = {},
    at = 0,
  ): LetterEvent['type'][] {
    return this.send({ type: 'redrive', orderId, mode: 'all', by: 'ana', reason: 'mended', ...how }, at);
  }

  /** How a letter stands: `open`, `redriving`, `resolved retried`, ... */
  status(nodeId: string): string {
    const letter = this.state.letters.get(letterIdAt(nodeId));
    return [letter?.status, letter?.resolved?.how].filter(Boolean).join(' ');
  }

  /** Nodes that were handed to their jobs, in order, by `letter.redriven`. */
  redriven(): string[][] {
    const nodeOf = (id: string) => this.state.letters.get(id)?.nodeId ?? id;
    return this.events.flatMap(({ event }) =>
      event.type === 'letter.redriven' ? [event.data.letters.map(nodeOf)] : [],
    );
  }

  /** The effects of its latest event, or of an earlier one, as the state has them now. */
  effects(i = this.events.length - 1): Effect[] {
    const { event, at } = this.events[i]!;
    const recorded = { ...event, stream: `letter/${GROUP}`, seq: i + 1, at } as Recorded<LetterEvent>;
    return described(letterEffects(this.state, recorded));
  }

  /** The effects of all of its events of a type. */
  effectsOf(type: LetterEvent['type']): Effect[] {
    return this.events.flatMap(({ event }, i) => (event.type === type ? this.effects(i) : []));
  }
}
