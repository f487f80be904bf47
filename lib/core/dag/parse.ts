import { expand } from './check/expand';
import { forEachFindings } from './check/for-each';
import { normalise, retryFindings } from './check/normalise';
import { outline } from './check/outline';
import { type Finding, type Locate, problemsError, schemaFindings } from './check/problems';
import { graphDocumentSchema } from './check/schema';
import { unsupported, validateNodes } from './check/validate';
import type { Graph } from './graph';
import { readDocument } from './read/document';
import { checkNesting } from './read/nesting';

/**
 * The graph of a file's text, YAML or JSON. O(text + expanded nodes + edges).
 * @param source what to call the text in messages, such as the file's name.
 * @throws RepriseError with every problem found, each with its place: GRAPH_SYNTAX, GRAPH_INVALID,
 *   GRAPH_UNKNOWN_DEPENDENCY, GRAPH_DUPLICATE_NODE, GRAPH_CYCLE, GRAPH_UNSUPPORTED, GRAPH_TOO_LARGE,
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
  checkNesting(value);
  return graphOf(value);
}

function graphOf(value: unknown, locate?: Locate, source?: string): Graph {
  const parsed = graphDocumentSchema.safeParse(value, { reportInput: true });
  const findings: Finding[] = parsed.success ? [] : schemaFindings(parsed.error.issues);
  findings.push(...unsupported(value));
  if (!parsed.success) {
    findings.push(...validateNodes(outline(value), undefined));
    throw problemsError(findings, locate, source);
  }
  const expansion = expand(parsed.data);
  findings.push(
    ...expansion.findings,
    ...retryFindings(parsed.data),
    ...forEachFindings(parsed.data, expansion),
  );
  findings.push(...validateNodes(outline(value), expansion.origin));
  if (findings.length > 0) throw problemsError(findings, locate, source);
  return normalise(parsed.data, expansion);
}
