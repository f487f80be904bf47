import { type Locate, problemsError } from '../check/problems';
import { GRAPH_LIMITS } from '../limits';
import { readJson } from './json';
import { checkNesting } from './nesting';
import { readQuickly } from './quick';
import { locateIn, type ParsedYaml, parseYaml, plainValue } from './yaml';

/** A document as plain values, with the way back from a path to its place in the text. */
export interface ReadDocument {
  readonly value: unknown;
  readonly locate: Locate;
}

/**
 * Reads YAML or JSON text. The full YAML parser is slow: JSON and plain YAML are read without it, unless a position
 * is asked for.
 * @throws RepriseError GRAPH_SYNTAX with every mistake found, GRAPH_TOO_LARGE
 */
export function readDocument(text: string, source?: string): ReadDocument {
  if (text.length > GRAPH_LIMITS.textLength) {
    const message = `the text has ${text.length} characters, more than ${GRAPH_LIMITS.textLength}`;
    throw problemsError([{ code: 'GRAPH_TOO_LARGE', path: [], message }], undefined, source);
  }
  const quick = /^\s*[[{]/.test(text) ? readJson(text) : readQuickly(text);
  if (quick !== undefined) {
    checkNesting(quick.value, source);
    let parsed: ParsedYaml | undefined;
    return {
      value: quick.value,
      locate: (path) => {
        parsed ??= parseYaml(text, source);
        return locateIn(parsed, path);
      },
    };
  }
  const parsed = parseYaml(text, source);
  const value = plainValue(parsed, source);
  checkNesting(value, source);
  return { value, locate: (path) => locateIn(parsed, path) };
}
