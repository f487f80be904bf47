import type { RepriseError } from '../../errors';
import { problemsError } from '../check/problems';
import { GRAPH_LIMITS } from '../limits';

/**
 * Refuses what is nested too deeply, or inside itself (which an alias can do). Iterative, for input of any depth;
 * values that aliases share are looked at once.
 * @throws RepriseError GRAPH_SYNTAX
 */
export function checkNesting(value: unknown, source?: string): void {
  const height = new Map<object, number>();
  const path = new Set<unknown>();
  const stack: unknown[] = [value];
  while (stack.length > 0) {
    const item = stack[stack.length - 1];
    if (typeof item !== 'object' || item === null || height.has(item)) {
      stack.pop();
    } else if (path.has(item)) {
      let highest = 0;
      for (const child of collectionsIn(item)) highest = Math.max(highest, height.get(child)!);
      height.set(item, highest + 1);
      path.delete(item);
      stack.pop();
      if (highest >= GRAPH_LIMITS.nesting) throw tooDeep(source);
    } else {
      path.add(item);
      for (const child of collectionsIn(item)) {
        if (path.has(child)) throw tooDeep(source);
        stack.push(child);
      }
    }
  }
}

function collectionsIn(item: object): object[] {
  const found: object[] = [];
  for (const value of Array.isArray(item) ? item : Object.values(item)) {
    if (typeof value === 'object' && value !== null) found.push(value);
  }
  return found;
}

/**
 * Follows the tokens of a YAML text and tells when it is nested too deeply to be composed: the parser recurses, and
 * a stack that is nearly full does not only throw: compiling a regular expression then ends the whole process.
 * Brackets count one level each; so does, in block style, every column before an indicator, as a level of a block
 * takes at least one.
 */
export function nestingGuard(): (token: string) => boolean {
  let brackets = 0;
  let column = 0;
  let deepest = 0;
  return (token) => {
    if (token === '[' || token === '{') brackets++;
    else if (token === ']' || token === '}') brackets = Math.max(0, brackets - 1);
    else if (brackets === 0 && (token === '-' || token === '?')) deepest = column;
    else if (brackets === 0 && column === 0) deepest = token.startsWith(' ') ? token.length : 0;
    // The text of a block is one token with all its lines.
    const lineBreak = token.lastIndexOf('\n');
    column = lineBreak < 0 ? column + token.length : token.length - lineBreak - 1;
    return brackets + deepest <= GRAPH_LIMITS.nesting;
  };
}

export function tooDeep(source?: string): RepriseError {
  const message = `lists and mappings are nested more than ${GRAPH_LIMITS.nesting} levels deep`;
  return problemsError([{ code: 'GRAPH_SYNTAX', path: [], message }], undefined, source);
}
