import { present } from '../../model/present';
import { parseCondition } from '../condition/expression';
import { referencesOf } from '../condition/references';
import { nameText } from '../condition/tree';
import type { Unknown } from './nearest';
import type { OutlineExpression, OutlineNode } from './outline';
import type { Finding } from './problems';

/** What a condition can ask of a node; of a fan-out at run time, `items` too. */
const FIELDS = ['status', 'attempts', 'outputs'];

/** Dependencies followed to tell whether a name is one of a node upstream; past them names are let pass. */
const MAX_STEPS = 2_000_000;

export interface ConditionScope {
  readonly nodes: readonly OutlineNode[];
  /** Of the nodes, each once. */
  readonly ids: readonly string[];
  /** Index of the node of the document that an id belongs to, its own or one that it expands to. */
  readonly origin: (id: string) => number | undefined;
  /** Whether the ids that nodes expand to are known. */
  readonly isComplete: boolean;
}

/** What is wrong with `when`, `forEach` and `with`: their texts, and the names in them. */
export function* conditionFindings(scope: ConditionScope): Generator<Finding> {
  const search = createSearch(scope);
  for (const node of scope.nodes) {
    for (const expression of node.expressions) {
      const { at } = expression;
      const path = ['nodes', node.index, ...at];
      for (const { message, unknown } of problemsOf(expression, node, scope, search)) {
        yield {
          ...{ code: 'CONDITION_INVALID', path, message: `${at.join('.')}: ${message}` },
          ...present({ unknown }),
        };
      }
    }
  }
}

type Complaint = Pick<Finding, 'message' | 'unknown'>;

function problemsOf(
  { at, text }: OutlineExpression,
  node: OutlineNode,
  scope: ConditionScope,
  search: Search,
): Complaint[] {
  const parsed = parseCondition(text);
  if ('problem' in parsed) return [{ message: parsed.problem }];
  const { nodes, problems } = referencesOf(text, parsed.tree, node.isFanOut && at[0] === 'with');
  const told = problems.map((message) => ({ message }));
  if (!scope.isComplete) return told;
  const named = nodes.flatMap(({ id, field }) => {
    const problem = nameProblem(id, node, scope, search) ?? fieldProblem(id, field, scope);
    return problem === undefined ? [] : [problem];
  });
  return [...new Map([...told, ...named].map((complaint) => [complaint.message, complaint])).values()];
}

/** Why the results that a node sees have no node of this id. */
function nameProblem(
  id: string,
  node: OutlineNode,
  { nodes, ids, origin }: ConditionScope,
  search: Search,
): Complaint | undefined {
  const index = origin(id);
  const named = index === undefined ? undefined : nodes[index];
  const shown = `results.${nameText(id)}`;
  if (!named || index === undefined) {
    return { message: `${shown} names no node of this graph`, unknown: { word: id, among: ids } };
  }
  if (named.expands && named.id === id) {
    const mend = `name one of them, such as results.\`${id}-1\`, or all as results.*`;
    return { message: `${shown} is several nodes: ${mend}` };
  }
  if (named === node) return { message: `${shown} is this node itself, which has no result yet` };
  if (search.isUpstream(node, id, index)) return undefined;
  const mend = `add ${JSON.stringify(id)} to its needs`;
  return { message: `${shown} is not upstream of this node, which does not wait for it: ${mend}` };
}

function fieldProblem(
  id: string,
  field: string | undefined,
  { nodes, origin }: ConditionScope,
): Complaint | undefined {
  const isFanOut = nodes[origin(id) ?? -1]?.isFanOut;
  const fields = isFanOut ? [...FIELDS, 'items'] : FIELDS;
  if (field === undefined || fields.includes(field)) return undefined;
  const unknown: Unknown = { word: field, among: fields, otherwise: `: there are ${fields.join(', ')}` };
  return { message: `a node has no ${nameText(field)}`, unknown };
}

interface Search {
  /** Whether a node waits for another one, near or far. @param index of the node of the document that has `id` */
  readonly isUpstream: (node: OutlineNode, id: string, index: number) => boolean;
}

/** O(dependencies above the node) for each name that is not near it, and no more than `MAX_STEPS` together. */
function createSearch({ nodes, origin }: ConditionScope): Search {
  let left = MAX_STEPS;
  return {
    isUpstream(node, id, index) {
      // One of several that a node expands to is needed by its own id, or with all of them.
      const names = [id, nodes[index]?.id];
      const seen = new Set([node]);
      // Nodes are added while they are gone through: near ones come first.
      for (const each of seen) {
        if (each.needs.some((need) => names.includes(need.id))) return true;
        left -= each.needs.length;
        if (left < 0) return true;
        for (const need of each.needs) {
          const above = nodes[origin(need.id) ?? -1];
          if (above) seen.add(above);
        }
      }
      return false;
    },
  };
}
