import { LIMITS } from '../../limits';
import type { BusEvent } from '../../messages/public-event';
import { type Alternative, readAlternatives } from './fields';
import { invalid, tooInvolved } from './invalid';
import type { Matcher } from './matcher';
import { isFound, leavesOf } from './search';
import { wildcardComplexity } from './wildcard';

/**
 * EventBridge event patterns: the same text goes to EventBridge on AWS and is matched here by the embedded runtime. What
 * EventBridge would refuse, or promises nothing of, is refused when a trigger is made.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export type EventPattern = Readonly<Record<string, unknown>>;

/** EventBridge takes patterns of 2 KB. */
const MAX_PATTERN_LENGTH = LIMITS.patternLength;
/** Fields of an event that a pattern may name at its top. */
const TOP = ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'];
/** Places of its wildcards that a text may stand in at a time: EventBridge is known to take 9 and to refuse 11. */
const MAX_COMPLEXITY = 10;
/** Places of an event that are looked at for one pattern, at most: a large event with many alternatives needs fewer. */
const MAX_STEPS = 1_000_000;

/** A pattern that has been read. */
export interface CompiledPattern {
  /**
   * Whether an event is one that the pattern asks for.
   * @throws RepriseError INPUT_INVALID where that takes too long to find out.
   */
  readonly matches: (event: BusEvent) => boolean;
}

/**
 * Reads a pattern.
 * @throws RepriseError TRIGGER_INVALID names the path of the first fault, and the mend.
 */
export function compilePattern(pattern: EventPattern): CompiledPattern {
  if (JSON.stringify(pattern).length > MAX_PATTERN_LENGTH) {
    throw invalid(
      '',
      `is longer than ${MAX_PATTERN_LENGTH} characters, which is as long as a pattern may be`,
    );
  }
  const alternatives = readAlternatives(pattern, TOP).map(inOrder);
  checkWildcards(alternatives);
  const paths = alternatives.flatMap((fields) => fields.map(({ path }) => path));
  return {
    matches(event) {
      const leaves = leavesOf(event, paths);
      let left = MAX_STEPS;
      const spend = () => {
        if (left-- === 0) throw tooInvolved(`an event whose lists take more than ${MAX_STEPS} steps`);
      };
      return alternatives.some((fields) => isFound(fields, leaves, spend));
    },
  };
}

/** As `compilePattern`, for one event. */
export const matches = (pattern: EventPattern, event: BusEvent): boolean =>
  compilePattern(pattern).matches(event);

const inOrder = (fields: Alternative): Alternative =>
  [...fields].sort(({ path: a }, { path: b }) => (a < b ? -1 : 1));

/**
 * EventBridge counts the wildcards of a field together, those of every alternative in which the same fields come before
 * it in order. Its matcher takes text that nobody asks for where a wildcard stands beside some others.
 */
function checkWildcards(alternatives: readonly Alternative[]): void {
  const matchersOf = new Map<string, { readonly path: string; readonly matchers: Matcher[] }>();
  for (const fields of alternatives) {
    for (const [i, { path, matchers }] of fields.entries()) {
      const key = JSON.stringify(fields.slice(0, i + 1).map((field) => field.path));
      const known = matchersOf.get(key) ?? { path, matchers: [] };
      known.matchers.push(...matchers);
      matchersOf.set(key, known);
    }
  }
  for (const { path, matchers } of matchersOf.values()) {
    const wildcards = matchers.flatMap(({ wildcards }) => wildcards ?? []);
    if (wildcardComplexity(wildcards, MAX_COMPLEXITY) > MAX_COMPLEXITY) {
      throw invalid(
        path,
        'has wildcards that EventBridge finds too complex: use fewer of them, or fewer repetitions after one, or a prefix or suffix',
      );
    }
    if (wildcards.length > 0 && matchers.some(({ isConfusable }) => isConfusable)) {
      throw invalid(
        path,
        'EventBridge confuses a wildcard with `equals-ignore-case` beside it, or with a `suffix` that is not ASCII: list the spellings, or make a trigger for each',
      );
    }
  }
}
