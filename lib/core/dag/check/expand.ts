import { LIMITS } from '../../limits';
import { variableName } from '../../model/work';
import { itemVariable } from '../condition/items';
import { placeProblems, type VariableOf, withReferences } from '../shell/references';
import { likeOurs, REPORT_VARIABLE, SHARD_VARIABLES, shardVariables, templateVariables } from '../template';
import type { Finding } from './problems';
import { type DocumentNode, type GraphDocument, NODE_ID } from './schema';

/** One node that a node of the document stands for, with the values of its template variables. */
export interface Instance {
  readonly id: string;
  /** Of `matrix`, by name. */
  readonly matrix: ReadonlyMap<string, string>;
  /** Of `shards`: `index`, `index1` and `total`. */
  readonly shard: ReadonlyMap<string, string>;
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

const NO_VARIABLES: ReadonlyMap<string, string> = new Map();

function instancesOf(node: DocumentNode): Instance[] {
  let made: Instance[] = [{ id: node.id, matrix: NO_VARIABLES, shard: NO_VARIABLES }];
  for (const [name, values] of Object.entries(node.matrix ?? {})) {
    made = made.flatMap(({ id, matrix, shard }) =>
      values.map((value) => ({
        // One character too long is refused as well as hundreds.
        id: `${id}-${idPart(String(value))}`.slice(0, LIMITS.idLength + 1),
        matrix: new Map([...matrix, [name, String(value)]]),
        shard,
      })),
    );
  }
  const { shards } = node;
  if (shards === undefined) return made;
  return made.flatMap(({ id, matrix }) =>
    Array.from({ length: shards }, (_, index) => ({
      id: `${id}-${index + 1}`,
      matrix,
      shard: shardVariables(index, shards),
    })),
  );
}

/** A value as a part of an id: what an id may not hold becomes a hyphen. */
function idPart(value: string): string {
  return value.replace(/[^A-Za-z0-9_-]+/g, '-');
}

function* templateFindings(node: DocumentNode, index: number): Generator<Finding> {
  yield* matrixFindings(node, index);
  const code = 'GRAPH_INVALID' as const;
  for (const key of ['run', 'suite', 'compensate'] as const) {
    const path = ['nodes', index, key];
    const text = node[key] ?? '';
    const stray = likeOurs(text).filter(({ name }) => !isKnown(name, node));
    for (const each of stray) yield { code, path, message: strayMessage(each, node) };
    for (const name of templateVariables(text)) {
      const complaint = stray.some((each) => each.name === name) ? undefined : unknownVariable(name, node);
      if (complaint) yield { code, path, ...complaint };
    }
  }
  yield* reportFindings(node, index);
  if (!node.matrix && node.forEach === undefined) return;
  for (const key of ['run', 'compensate'] as const) {
    const path = ['nodes', index, key];
    for (const message of placeProblems(node[key] ?? '', variableOf(node))) yield { code, path, message };
  }
}

function* reportFindings({ reports = [] }: DocumentNode, index: number): Generator<Finding> {
  for (const [i, report] of reports.entries()) {
    for (const name of templateVariables(report.path)) {
      if (name === REPORT_VARIABLE) continue;
      const message = `unknown template variable {{ ${name} }} in a path (known here: ${REPORT_VARIABLE}, the id of the node)`;
      yield { code: 'GRAPH_INVALID', path: ['nodes', index, 'reports', i], message };
    }
  }
}

function* matrixFindings(node: DocumentNode, index: number): Generator<Finding> {
  const taken = new Map<string, string>();
  for (const name of Object.keys(node.matrix ?? {})) {
    const variable = variableName('MATRIX', name);
    const other = taken.get(variable);
    taken.set(variable, name);
    if (other === undefined && !isShardVariable(name)) continue;
    const message = isShardVariable(name)
      ? `the name ${JSON.stringify(name)} belongs to \`shards\`: choose another`
      : `the names ${JSON.stringify(other)} and ${JSON.stringify(name)} are both the variable ${variable} of the command: rename one`;
    yield { code: 'GRAPH_INVALID', path: ['nodes', index, 'matrix', name], message };
  }
}

function unknownVariable(name: string, node: DocumentNode): Pick<Finding, 'message' | 'unknown'> | undefined {
  if (isKnown(name, node)) return undefined;
  if (isExpanding(node) || node.forEach !== undefined) {
    const known = knownNames(node);
    const unknown = { word: name, among: known, otherwise: ` (known here: ${known.join(', ')})` };
    return { message: `unknown template variable {{ ${name} }}`, unknown };
  }
  if (!isShardVariable(name)) return undefined;
  return { message: `{{ ${name} }} has a value only in a node with \`shards\` or \`forEach\`` };
}

function knownNames({ matrix = {}, shards, forEach }: DocumentNode): string[] {
  const isFanOut = forEach !== undefined;
  const hasIndex = shards !== undefined || isFanOut;
  return [...Object.keys(matrix), ...(isFanOut ? ['item'] : []), ...(hasIndex ? SHARD_VARIABLES : [])];
}

function isKnown(name: string, node: DocumentNode): boolean {
  return knownNames(node).includes(name) || (node.forEach !== undefined && /^item\.\w+$/.test(name));
}

/** A placeholder that looks like ours and would stay in the command, which would then print it and succeed. */
function strayMessage({ name, word }: Stray, node: DocumentNode): string {
  const shown = `{{ ${name} }}`;
  const literal = 'a program that is to read it gets it as {""{ ... }}';
  switch (word) {
    case 'results':
    case 'parameters':
      return `${shown} is nothing that a command sees: give it a variable, as in \`with: { VALUE: ${name} }\`, and write "$VALUE"; ${literal}`;
    case 'matrix':
      return node.matrix
        ? `${shown} is no value of the matrix: it has ${Object.keys(node.matrix)
            .map((each) => `{{ ${each} }}`)
            .join(', ')}; ${literal}`
        : `${shown} has a value only in a node with \`matrix\`, where it is called by its name alone; ${literal}`;
    default:
      return node.forEach === undefined
        ? `${shown} has a value only in a node with \`forEach\`; ${literal}`
        : `${shown} is no part of an item: there are {{ item }} and {{ item.key }}, and any other part by \`with: { VALUE: ${name} }\` and "$VALUE"; ${literal}`;
  }
}

type Stray = ReturnType<typeof likeOurs>[number];

function isShardVariable(name: string): boolean {
  return (SHARD_VARIABLES as readonly string[]).includes(name);
}

/** A command of a node, its placeholders of values written as references to variables. */
export function commandOf(node: DocumentNode, key: 'run' | 'compensate'): string | undefined {
  const command = node[key];
  return node.matrix && command !== undefined ? withReferences(command, variableOf(node)) : command;
}

/** The variables that placeholders in the command of a node become references to. */
function variableOf(node: Pick<DocumentNode, 'matrix' | 'forEach'>): VariableOf {
  return (name) => {
    if (node.matrix && Object.hasOwn(node.matrix, name)) return variableName('MATRIX', name);
    return node.forEach === undefined ? undefined : itemVariable(name);
  };
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
