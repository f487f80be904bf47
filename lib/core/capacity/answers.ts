import { LRUCache } from 'lru-cache';
import type { Compute, Steps } from '../model/steps';
import type { Load } from './load';

/**
 * Answers a question about a load. The answer follows from the two alone, so whoever asks the same of the same load again
 * is given what was answered before.
 * @param question names it, with all that the answer depends on beside the load.
 */
export type LoadAnswers = <Answer>(
  load: Load,
  question: string,
  steps: () => Steps<Answer>,
) => Promise<Answer>;

/** Answers that are held of one load: scenarios of a replay are as many as somebody asks for. */
const HELD = 16;

export function createLoadAnswers(compute: Compute): LoadAnswers {
  /** A load that nobody holds any more takes its answers along. */
  const held = new WeakMap<Load, LRUCache<string, Promise<unknown>>>();
  return <Answer>(load: Load, question: string, steps: () => Steps<Answer>) => {
    const known = held.get(load) ?? new LRUCache<string, Promise<unknown>>({ max: HELD });
    held.set(load, known);
    const before = known.get(question);
    if (before) return before as Promise<Answer>;
    const answer = compute(steps());
    known.set(question, answer);
    answer.catch(() => known.delete(question));
    return answer;
  };
}
