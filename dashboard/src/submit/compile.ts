import { parseGraph } from '../../../lib/core/dag/parse';
import { readDocument } from '../../../lib/core/dag/read/document';
import { isRepriseError } from '../../../lib/core/errors';

/** A problem and where in the text it is. */
export interface Placed {
  readonly path?: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

export type Compiled =
  | {
      readonly document: Record<string, unknown>;
      readonly name: string;
      readonly nodes: number;
      readonly edges: number;
    }
  | { readonly problems: readonly Placed[] };

/** What the engine would say of the text of a graph, found out without asking it: every problem with its place. */
export function compileText(text: string, source: string): Compiled {
  try {
    const { name, nodes } = parseGraph(text, source);
    const edges = nodes.reduce((sum, { needs }) => sum + needs.length, 0);
    const { value } = readDocument(text, source);
    return { document: value as Record<string, unknown>, name, nodes: nodes.length, edges };
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    const { problems = [], message } = error;
    return { problems: problems.length > 0 ? problems : [{ message }] };
  }
}
