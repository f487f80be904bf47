import { LIMITS } from '../../limits';
import { variableName } from '../../model/work';
import { fillTemplate, templateVariables } from '../template';
import { commandOf, type Expansion, type Instance, isExpanding } from './expand';
import type { Finding } from './problems';
import type { DocumentNode, GraphDocument } from './schema';

/**
 * What `shards`, `matrix` and `defaults` make too long: they multiply text. Only lengths are worked out, nothing is
 * written. O(nodes + edges + expanded nodes).
 */
export function* expandedFindings(
  document: GraphDocument,
  { instances, edges }: Expansion,
): Generator<Finding> {
  if (edges > LIMITS.edges) return;
  const lengthOfNeed = needLengths(document, instances);
  let total = 0;
  for (const [i, node] of document.nodes.entries()) {
    const own = instances[i] ?? [];
    const needs = (node.needs ?? []).reduce((sum, id) => sum + (lengthOfNeed.get(id) ?? id.length), 0);
    total += own.length * (fixedLength(node, document) + needs);
    total += own.reduce((sum, { matrix }) => sum + variablesLength(matrix), 0);
    for (const key of ['run', 'suite', 'compensate'] as const) {
      const text = key === 'suite' ? node.suite : commandOf(node, key);
      if (text === undefined) continue;
      const filled = filledLength(node, text, key);
      let longest = 0;
      for (const instance of own) {
        const length = filled(instance);
        total += length + instance.id.length;
        longest = Math.max(longest, length);
      }
      const most = key === 'suite' ? LIMITS.suiteLength : LIMITS.runLength;
      if (longest <= most) continue;
      const message = `has ${longest} characters once its variables are filled in, more than ${most}`;
      yield { code: 'GRAPH_INVALID', path: ['nodes', i, key], message };
    }
  }
  if (total <= LIMITS.expandedLength) return;
  const message = `the graph has ${total} characters after \`shards\`, \`matrix\` and \`defaults\`, more than ${LIMITS.expandedLength}: put long commands into scripts`;
  yield { code: 'GRAPH_TOO_LARGE', path: ['nodes'], message };
}

/** Keys, numbers and brackets of a node as JSON. */
const SKELETON = 300;
/** Quotes, commas and the like around a name. */
const AROUND = 4;

/** Characters of a node that all its instances have, but for its needs. */
function fixedLength(node: DocumentNode, { defaults = {}, secrets = [] }: GraphDocument): number {
  const names = [...secrets, ...(node.secrets ?? defaults.secrets ?? [])];
  const labels = node.labels ?? defaults.labels ?? [];
  const resources = Object.keys({ ...defaults.resources, ...node.resources });
  const key = (node.concurrency ?? defaults.concurrency)?.key ?? '';
  const expressions =
    (node.when?.length ?? 0) + (node.forEach?.length ?? 0) + lengthOf(Object.entries(node.with ?? {}).flat());
  const paths = reportsLength(node.reports ?? defaults.reports);
  return (
    SKELETON + lengthOf(names) + lengthOf(labels) + lengthOf(resources) + key.length + expressions + paths
  );
}

/** Of each with its keys, and the longest id where one stands in it. */
function reportsLength(reports: DocumentNode['reports'] = []): number {
  const paths = reports.map(({ path }) => path);
  const ids = paths.reduce((sum, path) => sum + templateVariables(path).length * LIMITS.idLength, 0);
  return lengthOf(paths) + ids + reports.length * 40;
}

function lengthOf(names: readonly string[]): number {
  return names.reduce((sum, { length }) => sum + length + AROUND, 0);
}

/** Values of a matrix, which are variables of the command whatever it names. */
function variablesLength(matrix: Instance['matrix']): number {
  let length = 0;
  for (const [name, value] of matrix)
    length += variableName('MATRIX', name).length + value.length + 2 * AROUND;
  return length;
}

/** By id of the document: what a need of it takes, all its instances written out. */
function needLengths(
  { nodes }: GraphDocument,
  instances: Expansion['instances'],
): ReadonlyMap<string, number> {
  return new Map(nodes.map(({ id }, i) => [id, lengthOf((instances[i] ?? []).map((one) => one.id))]));
}

/** The length of a text once the variables of an instance are in it. */
function filledLength(
  node: DocumentNode,
  text: string,
  key: 'run' | 'suite' | 'compensate',
): (instance: Instance) => number {
  if (!isExpanding(node)) return () => text.length;
  const uses = new Map<string, number>();
  for (const name of templateVariables(text)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const bare = fillTemplate(text, new Map([...uses.keys()].map((name) => [name, '']))).length;
  return ({ matrix, shard }) => {
    let length = bare;
    for (const [name, times] of uses) {
      const value = shard.get(name) ?? (key === 'suite' ? matrix.get(name) : undefined);
      length += times * (value?.length ?? 0);
    }
    return length;
  };
}
