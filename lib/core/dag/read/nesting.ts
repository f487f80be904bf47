import type { RepriseError } from '../../errors';
import { LIMITS } from '../../limits';
import { shapeOf } from '../../model/shape';
import { problemsError } from '../check/problems';

/**
 * Refuses what is nested too deeply, or inside itself (which an alias can do), and what holds too much.
 * @throws RepriseError GRAPH_SYNTAX, GRAPH_TOO_LARGE
 */
export function checkShape(value: unknown, source?: string): void {
  const { depth, values } = shapeOf(value);
  if (depth > LIMITS.nesting) throw tooDeep(source);
  if (values > LIMITS.documentValues) {
    throw tooLarge(`the document holds ${values} values, more than ${LIMITS.documentValues}`, source);
  }
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
    return brackets + deepest <= LIMITS.nesting;
  };
}

export function tooDeep(source?: string): RepriseError {
  const message = `lists and mappings are nested more than ${LIMITS.nesting} levels deep`;
  return problemsError([{ code: 'GRAPH_SYNTAX', path: [], message }], undefined, source);
}

export function tooLarge(message: string, source?: string): RepriseError {
  return problemsError([{ code: 'GRAPH_TOO_LARGE', path: [], message }], undefined, source);
}
