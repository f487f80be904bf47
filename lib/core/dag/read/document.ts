import { LIMITS } from '../../limits';
import { isCollection } from '../../model/shape';
import type { Locate, Path } from '../check/problems';
import { readJson } from './json';
import { checkShape, tooLarge } from './nesting';
import { readQuickly } from './quick';
import { composeYaml, locateIn, type ParsedYaml, parseYaml, plainValue } from './yaml';

/** A document as plain values, with the way back from a path to its place in the text. */
export interface ReadDocument {
  readonly value: unknown;
  readonly locate: Locate;
}

/**
 * Reads YAML or JSON text. The full YAML parser is slow: JSON and plain YAML are read without it, unless a position
 * is asked for; of a text that is too long for it nothing has one.
 * @throws RepriseError GRAPH_SYNTAX with every mistake found, GRAPH_TOO_LARGE
 */
export function readDocument(text: string, source?: string): ReadDocument {
  if (text.length > LIMITS.textLength) {
    throw tooLarge(`the text has ${text.length} characters, more than ${LIMITS.textLength}`, source);
  }
  const quick = /^\s*[[{]/.test(text) ? readJson(text) : readQuickly(text);
  if (quick !== undefined) {
    checkShape(quick.value, source);
    return {
      value: quick.value,
      locate: text.length > LIMITS.yamlLength ? nowhere : placesIn(text, quick.value),
    };
  }
  if (text.length > LIMITS.yamlLength) {
    const message = `the text has ${text.length} characters, and past ${LIMITS.yamlLength} only JSON and plain block YAML are read: write it as JSON`;
    throw tooLarge(message, source);
  }
  const parsed = parseYaml(text, source);
  const value = plainValue(parsed, source);
  checkShape(value, source);
  return { value, locate: (path) => locateIn(parsed, path).position };
}

const nowhere: Locate = () => undefined;

/** Characters that are looked through for the first place; four times as many where it is not among them. */
const FIRST_PART = 64 * 1_024;

/** Places in a text that was read without the full parser, which is given no more of it than it takes to find them. */
function placesIn(text: string, value: unknown): Locate {
  let length = FIRST_PART;
  let parsed: ParsedYaml | undefined;
  return (path) => {
    const there = partThere(value, path);
    for (;;) {
      parsed ??= composeYaml(text.slice(0, length));
      const { position, isFound } = locateIn(parsed, there);
      if (isFound || length >= text.length) return position;
      length *= 4;
      parsed = undefined;
    }
  };
}

/** The part of a path that is in the document: what is missing has the place of what it is missing from. */
function partThere(value: unknown, path: Path): Path {
  let inner = value;
  for (const [i, key] of path.entries()) {
    if (!isCollection(inner) || !Object.hasOwn(inner, key)) return path.slice(0, i);
    inner = (inner as Readonly<Record<string | number, unknown>>)[key];
  }
  return path;
}
