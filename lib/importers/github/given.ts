import { parseCondition } from '../../core/dag/condition/expression';
import { LIMITS } from '../../core/limits';
import type { Names } from './names';
import type { Word } from './shell';

/** A word for the value of an expression that the node is given under `with`; undefined where that holds no more of them. */
export type Give = (name: readonly string[], expression: string) => Word | undefined;

/** @param given gathers the expressions by variable */
export function givenWords(given: Map<string, string>, names: Names): Give {
  return (parts, expression) => {
    if ('problem' in parseCondition(expression)) return undefined;
    const name = names(parts);
    if (!given.has(name) && given.size === LIMITS.withNames) return undefined;
    given.set(name, expression);
    // Without it the command fails, and does not take nothing for an answer.
    return { text: `"\${${name}?}"` };
  };
}
