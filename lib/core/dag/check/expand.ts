import { LIMITS } from '../../limits';
import { fillTemplate, SHARD_VARIABLES, templateVariables } from '../template';
import type { Finding } from './problems';
import { type DocumentNode, type GraphDocument, NODE_ID } from './schema';

/** One node that a node of the document stands for, with the values of its template variables. */
export interface Instance {
  readonly id: string;
  readonly variables: ReadonlyMap<string, string>;
}

/** `instances[i]` are the nodes that `document.nodes[i]` becomes, in order: combinations first, then shards. */
export interface Expansion {
  readonly instances: readonly (readonly Instance[])[];
  /** Expanded id to the id of the document's node. */
  readonly origin: ReadonlyMap<string, string>;
  readonly findings: Iterable<Finding>;
  /** Dependencies between the expanded nodes. */
  readonly edges: number;
}

/** Expands `shards` and `matrix` statically. O(expanded nodes + length of their texts). */
export function expand(document: GraphDocument): Expansion {
  const total = document.nodes.reduce((sum, node) => sum + instanceCount(node), 0);
  if (total > LIMITS.nodes) {
    const message = `the graph has ${total} nodes after \`shards\` and \`matrix\`, more than ${LIMITS.nodes}`;
    return none([{ code: 'GRAPH_TOO_LARGE', path: ['nodes'], message }]);
  }
  const instances = document.nodes.map(instancesOf);
  const findings: Finding[] = [];
  const origin = new Map<string, string>();
  const plain = new Set(document.nodes.map((node) => node.id));
  document.nodes.forEach((node, i) => {
    if (!isExpanding(node)) return;
    const ids = instances[i]!.map(({ id }) => id);
    // One complaint per node of the document: the next ones would say the same.
    const wrong = ids.find((id) => {
      if (!NODE_ID.test(id) || plain.has(id) || origin.has(id)) return true;
      origin.set(id, node.id);
      return false;
    });
    if (wrong !== undefined) findings.push(idFinding(wrong, node, i));
  });
  const edges = countEdges(document, instances, origin);
  if (edges > LIMITS.edges) {
    const message = `the graph has ${edges} dependencies after expansion, more than ${LIMITS.edges}: put a node in between`;
    findings.push({ code: 'GRAPH_TOO_LARGE', path: ['nodes'], message });
  }
  return { instances, origin, findings: allFindings(document, findings), edges };
}

function idFinding(id: string, node: DocumentNode, index: number): Finding {
  const path = ['nodes', index, node.matrix ? 'matrix' : 'shards'];
  const what = JSON.stringify(id);
  if (NODE_ID.test(id))
    return { code: 'GRAPH_DUPLICATE_NODE', path, message: `gives two nodes the id ${what}` };
  const message = `gives a node the id ${what}, which is longer than ${LIMITS.idLength} characters`;
  return { code: 'GRAPH_INVALID', path, message };
}

export function isExpanding(node: DocumentNode): boolean {
  return node.shards !== undefined || node.matrix !== undefined;
}

function* allFindings({ nodes }: GraphDocument, findings: readonly Finding[]): Generator<Finding> {
  for (const [i, node] of nodes.entries()) yield* templateFindings(node, i);
  yield* findings;
}

function none(findings: Finding[]): Expansion {
  return { instances: [], origin: new Map(), findings, edges: 0 };
}

function instanceCount(node: DocumentNode): number {
  const combinations = Object.values(node.matrix ?? {}).reduce((product, list) => product * list.length, 1);
  return combinations * (node.shards ?? 1);
}

const NO_VARIABLES: Instance['variables'] = new Map();

function instancesOf(node: DocumentNode): Instance[] {
  let made: Instance[] = [{ id: node.id, variables: NO_VARIABLES }];
  for (const [name, values] of Object.entries(node.matrix ?? {})) {
    made = made.flatMap(({ id, variables }) =>
      values.map((value) => ({
        // One character too long is refused as well as hundreds.
        id: `${id}-${idPart(String(value))}`.slice(0, LIMITS.idLength + 1),
        variables: new Map([...variables, [name, String(value)]]),
      })),
    );
  }
  const { shards } = node;
  if (shards === undefined) return made;
  return made.flatMap(({ id, variables }) =>
    Array.from({ length: shards }, (_, index) => ({
      id: `${id}-${index + 1}`,
      variables: new Map([
        ...variables,
        ['index', String(index)],
        ['index1', String(index + 1)],
        ['total', String(shards)],
      ]),
    })),
  );
}

/** A value as a part of an id: what an id may not hold becomes a hyphen. */
function idPart(value: string): string {
  return value.replace(/[^A-Za-z0-9_-]+/g, '-');
}

function* templateFindings(node: DocumentNode, index: number): Generator<Finding> {
  const code = 'GRAPH_INVALID' as const;
  const names = Object.keys(node.matrix ?? {});
  for (const name of names) {
    if (!isShardVariable(name)) continue;
    const message = `the name ${JSON.stringify(name)} belongs to \`shards\`: choose another`;
    yield { code, path: ['nodes', index, 'matrix', name], message };
  }
  const known = [...names, ...(node.shards === undefined ? [] : SHARD_VARIABLES)];
  for (const key of ['run', 'suite'] as const) {
    const path = ['nodes', index, key];
    for (const name of templateVariables(node[key] ?? '')) {
      if (known.includes(name)) continue;
      if (isExpanding(node)) {
        const unknown = { word: name, among: known, otherwise: ` (known here: ${known.join(', ')})` };
        yield { code, path, message: `unknown template variable {{ ${name} }}`, unknown };
      } else if (node.forEach === undefined && isShardVariable(name)) {
        yield {
          code,
          path,
          message: `{{ ${name} }} has a value only in a node with \`shards\` or \`forEach\``,
        };
      }
    }
  }
}

function isShardVariable(name: string): boolean {
  return (SHARD_VARIABLES as readonly string[]).includes(name);
}

function countEdges(
  document: GraphDocument,
  instances: readonly (readonly Instance[])[],
  origin: ReadonlyMap<string, string>,
): number {
  const sizes = new Map(document.nodes.map((node, i) => [node.id, instances[i]?.length ?? 1]));
  return document.nodes.reduce((sum, node, i) => {
    const needs = (node.needs ?? []).reduce((n, id) => n + (origin.has(id) ? 1 : (sizes.get(id) ?? 1)), 0);
    return sum + needs * (instances[i]?.length ?? 1);
  }, 0);
}

/** The text of a node's instance, with its variables put in. */
export function instanceText(node: DocumentNode, text: string, instance: Instance): string {
  return isExpanding(node) ? fillTemplate(text, instance.variables) : text;
}
