import { dependencyFindings } from './check/dependencies';
import { readSchema } from './check/document';
import { expand } from './check/expand';
import { expandedFindings } from './check/expanded-text';
import { forEachFindings } from './check/for-each';
import { givenFindings } from './check/given';
import { normalise } from './check/normalise';
import { outline } from './check/outline';
import { type Finding, type Locate, problemsError } from './check/problems';
import { recoveryFindings } from './check/recovery';
import { retryFindings } from './check/retry';
import { misplaced, validateNodes } from './check/validate';
import type { Graph } from './graph';
import { readDocument } from './read/document';
import { checkShape } from './read/nesting';

/**
 * The graph of a file's text, YAML or JSON. O(text + expanded nodes + edges).
 * @param source what to call the text in messages, such as the file's name.
 * @throws RepriseError with every problem found, each with its place: GRAPH_SYNTAX, GRAPH_INVALID,
 *   GRAPH_UNKNOWN_DEPENDENCY, GRAPH_DUPLICATE_NODE, GRAPH_CYCLE, GRAPH_TOO_LARGE,
 *   CONDITION_INVALID. The error's own code is that of the first problem.
 */
export function parseGraph(text: string, source?: string): Graph {
  const { value, locate } = readDocument(text, source);
  return graphOf(value, locate, source);
}

/**
 * The graph of a document that is JSON already (a request's body, an event).
 * @throws RepriseError as `parseGraph`; places are JSON paths.
 */
export function parseGraphDocument(value: unknown): Graph {
  checkShape(value);
  return graphOf(value);
}

function graphOf(value: unknown, locate?: Locate, source?: string): Graph {
  const document = readSchema(value);
  if (Symbol.iterator in document) {
    const findings = [document, misplaced(value), validateNodes(outline(value), undefined)];
    throw problemsError(allOf(findings), locate, source);
  }
  const expansion = expand(document);
  const findings = allOf([
    misplaced(value),
    expansion.findings,
    retryFindings(document),
    recoveryFindings(document),
    dependencyFindings(document),
    forEachFindings(document, expansion),
    givenFindings(document),
    expandedFindings(document, expansion),
    validateNodes(outline(value), expansion.origin),
  ]);
  const first = findings.next();
  if (!first.done) throw problemsError(allOf([[first.value], findings]), locate, source);
  return normalise(document, expansion);
}

function* allOf(findings: readonly Iterable<Finding>[]): Generator<Finding> {
  for (const some of findings) yield* some;
}
