import type { Tree } from './tree';

/** Functions of JSONata whose answer is a list, or what is left of one. */
const OF_LISTS = new Set([
  'append',
  'distinct',
  'each',
  'filter',
  'keys',
  'map',
  'reverse',
  'sort',
  'spread',
]);

/**
 * Whether a value that is no list was picked of one: by a filter, by a path that leads through a list, by a function of
 * lists. JSONata gives one such value by itself. What stands by itself in the results was never in a list.
 */
export function isPicked(tree: Tree, value: unknown, input: object): boolean {
  return answersOf(tree).every((answer) => isOfList(answer, value, input));
}

/** The parts of an expression whose value may be its own. */
function answersOf(tree: Tree): Tree[] {
  const { type, expressions, then, else: otherwise } = tree;
  if (type === 'block' && isWhole(tree)) return (expressions?.slice(-1) ?? []).flatMap(answersOf);
  if (type === 'condition') return [then, otherwise].flatMap((branch) => (branch ? answersOf(branch) : []));
  return [tree];
}

function isOfList(tree: Tree, value: unknown, input: object): boolean {
  switch (tree.type) {
    case 'path':
      return !isPlain(tree, value, input);
    case 'function':
      return OF_LISTS.has(String(tree.procedure?.value));
    case 'apply':
      return tree.rhs !== undefined && isOfList(tree.rhs, value, input);
    case 'unary':
      // A list that is written out is another branch than the one that gave the value.
      return tree.value === '[';
    case 'variable':
    case 'wildcard':
    case 'descendant':
    case 'block':
      return true;
    default:
      return false;
  }
}

/** Whether a path leads to the value by names alone, through no list. */
function isPlain({ steps = [], group }: Tree, value: unknown, input: object): boolean {
  if (group !== undefined) return false;
  let reached: unknown = input;
  for (const [i, step] of steps.entries()) {
    if (!isWhole(step)) return false;
    if (i === 0 && step.type === 'variable' && (step.value === '' || step.value === '$')) continue;
    if (step.type !== 'name' || typeof reached !== 'object' || reached === null) return false;
    if (Array.isArray(reached)) return false;
    reached = Object.hasOwn(reached, String(step.value))
      ? (reached as Record<string, unknown>)[String(step.value)]
      : undefined;
  }
  return reached === value;
}

/** Without a filter. */
function isWhole({ stages, predicate, group }: Tree): boolean {
  return stages === undefined && predicate === undefined && group === undefined;
}
