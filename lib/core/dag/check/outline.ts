import { NODE_ID } from './schema';

/** What the checks between nodes need, taken from a document that may be wrong in other respects. */
export interface OutlineNode {
  /** Position in the document's `nodes`. */
  readonly index: number;
  readonly id: string;
  /** Needs that are ids, with their position in the node's `needs`. */
  readonly needs: readonly { readonly id: string; readonly at: number }[];
  /** Its JSONata texts. */
  readonly expressions: readonly OutlineExpression[];
  /** What needs it gathers the items of a `forEach`. */
  readonly isFanOut: boolean;
  /** Becomes several nodes, whose ids begin with this id and a hyphen. */
  readonly expands: boolean;
}

export interface OutlineExpression {
  /** Where it stands in the node: `when`, `forEach`, or `with` and the name of a variable. */
  readonly at: readonly string[];
  readonly text: string;
}

/** Reads what is readable, so that one run reports the mistakes of the schema and those between nodes. */
export function outline(document: unknown): OutlineNode[] {
  const nodes = isMapping(document) ? document.nodes : undefined;
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown, index): OutlineNode[] => {
    if (!isMapping(node) || !isId(node.id)) return [];
    const needs = Array.isArray(node.needs) ? (node.needs as unknown[]) : [];
    return [
      {
        index,
        id: node.id,
        needs: needs.flatMap((need, at) => (isId(need) ? [{ id: need, at }] : [])),
        expressions: expressionsOf(node),
        isFanOut: typeof node.forEach === 'string',
        expands: node.shards !== undefined || node.matrix !== undefined,
      },
    ];
  });
}

function expressionsOf(node: Readonly<Record<string, unknown>>): OutlineExpression[] {
  const given = isMapping(node.with) ? Object.entries(node.with) : [];
  const texts: [at: string[], text: unknown][] = [
    [['when'], node.when],
    [['forEach'], node.forEach],
    ...given.map(([name, text]): [string[], unknown] => [['with', name], text]),
  ];
  return texts.flatMap(([at, text]) => (typeof text === 'string' ? [{ at, text }] : []));
}

/** Own properties only: a document's keys never reach an object's prototype. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && NODE_ID.test(value);
}
