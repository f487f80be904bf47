import { LIMITS } from '../../limits';
import { isCollection } from '../../model/shape';
import { type Finding, type Path, schemaFindings } from './problems';
import { type DocumentNode, type GraphDocument, graphShellSchema, nodeSchema } from './schema';

/**
 * The document as its schema reads it; what is wrong with it otherwise. Nodes are checked one by one: of a document
 * that is wrong all over, the complaints about one node are held at a time.
 */
export function readSchema(value: unknown): GraphDocument | Generator<Finding> {
  if (largePart(value) !== undefined) return findingsOf(value);
  const shell = graphShellSchema.safeParse(value);
  if (!shell.success) return findingsOf(value);
  const nodes: DocumentNode[] = [];
  for (const node of shell.data.nodes) {
    const parsed = nodeSchema.safeParse(node);
    if (!parsed.success) return findingsOf(value);
    nodes.push(parsed.data);
  }
  return { ...shell.data, nodes };
}

function* findingsOf(value: unknown): Generator<Finding> {
  const large = largePart(value);
  if (large) {
    yield large;
    return;
  }
  const shell = graphShellSchema.safeParse(value, { reportInput: true });
  if (!shell.success) yield* schemaFindings(shell.error.issues);
  for (const [i, node] of nodesOf(value).entries()) {
    const parsed = nodeSchema.safeParse(node, { reportInput: true });
    if (!parsed.success) yield* schemaFindings(parsed.error.issues, ['nodes', i]);
  }
}

/** The first part of a document that holds more than any graph has there. It is not looked into. */
function largePart(value: unknown): Finding | undefined {
  const nodes = nodesOf(value);
  if (nodes.length > LIMITS.nodes) {
    const message = `the graph has ${nodes.length} nodes, more than ${LIMITS.nodes}`;
    return { code: 'GRAPH_TOO_LARGE', path: ['nodes'], message };
  }
  const defaults = (value as { readonly defaults?: unknown } | null | undefined)?.defaults;
  let found = largeIn(defaults, ['defaults']);
  for (let i = 0; i < nodes.length && !found; i++) found = largeIn(nodes[i], ['nodes', i]);
  return found;
}

function largeIn(value: unknown, path: Path): Finding | undefined {
  if (!isCollection(value)) return undefined;
  const members = Object.entries(value);
  if (members.length > LIMITS.entries) return tooMany(members.length, path);
  for (const [key, member] of members) {
    const found = largeIn(member, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found) return found;
  }
  return undefined;
}

function tooMany(count: number, path: Path): Finding {
  const message = `holds ${count} entries, more than ${LIMITS.entries}`;
  return { code: 'GRAPH_TOO_LARGE', path, message };
}

function nodesOf(value: unknown): readonly unknown[] {
  const nodes = (value as { readonly nodes?: unknown } | null | undefined)?.nodes;
  return Array.isArray(nodes) ? nodes : [];
}
