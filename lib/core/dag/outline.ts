import { NODE_ID } from './schema';

/** What the checks between nodes need, taken from a document that may be wrong in other respects. */
export interface OutlineNode {
  /** Position in the document's `nodes`. */
  readonly index: number;
  readonly id: string;
  /** Needs that are ids, with their position in the node's `needs`. */
  readonly needs: readonly { readonly id: string; readonly at: number }[];
  readonly when: string | undefined;
  /** Becomes several nodes, whose ids begin with this id and a hyphen. */
  readonly expands: boolean;
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
        when: typeof node.when === 'string' ? node.when : undefined,
        expands: node.shards !== undefined || node.matrix !== undefined || node.forEach !== undefined,
      },
    ];
  });
}

/** Own properties only: a document's keys never reach an object's prototype. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && NODE_ID.test(value);
}
