import { OUTCOMES } from '../../model/outcome';
import { below, nameText, nodesOf, type Tree } from './tree';

/** What a condition says of the results of nodes. */
export interface References {
  /** Nodes that it names, each with what it asks of it, where it asks for one thing. */
  readonly nodes: readonly { readonly id: string; readonly field?: string }[];
  /** It looks at the results as a whole, and so at those of every node upstream. */
  readonly isOpen: boolean;
  /** What JSONata takes for something else than was meant, and would answer with nothing. */
  readonly problems: readonly string[];
}

/**
 * O(length of the text).
 * @param hasItem whether it sees the item of a fan-out
 */
export function referencesOf(text: string, tree: Tree, hasItem = false): References {
  const found: Found = { nodes: [], isOpen: false, problems: [], hasItem };
  for (const node of nodesOf(tree)) {
    const problem = hyphenProblem(text, node) ?? filterProblem(node) ?? statusProblem(node);
    if (problem !== undefined) found.problems.push(problem);
  }
  // Of a hyphen that was meant as part of a name, the halves are no names to complain about.
  if (found.problems.length === 0) walk(tree, 'root', found);
  return found;
}

interface Found {
  readonly nodes: { id: string; field?: string }[];
  isOpen: boolean;
  readonly problems: string[];
  readonly hasItem: boolean;
}

/** `root`: names are those of the input. `inner`: of whatever a path has reached. */
type Context = 'root' | 'inner';

function walk(tree: Tree, context: Context, found: Found): void {
  const { stages, predicate, group, ...own } = tree;
  // Filters and groups see what they stand behind.
  for (const each of below({ stages, predicate, group })) walk(each, 'inner', found);
  switch (tree.type) {
    case 'path':
      walkPath(tree.steps ?? [], context, found);
      return;
    case 'transform':
      for (const each of below(own)) walk(each, 'inner', found);
      return;
    case 'variable':
      if (tree.value === '$' || (tree.value === '' && context === 'root')) found.isOpen = true;
      return;
    case 'parent':
      found.isOpen = true;
      return;
    case 'wildcard':
    case 'descendant':
      if (context === 'root') found.isOpen = true;
      return;
    default:
      for (const each of below(own)) walk(each, context, found);
  }
}

function walkPath(steps: readonly Tree[], context: Context, found: Found): void {
  const [first, second] = steps;
  const isInput =
    first?.type === 'variable' && (first.value === '$' || (first.value === '' && context === 'root'));
  const fromInput = isInput && second?.type === 'name';
  const names = fromInput ? steps.slice(1) : steps;
  if (names[0]?.type === 'name' && (fromInput || context === 'root')) walkNames(names, found);
  steps.forEach((step, i) => {
    if (i > 0 || !fromInput) walk(step, i === 0 ? context : 'inner', found);
  });
}

function walkNames([first, second, third]: readonly Tree[], found: Found): void {
  const name = String(first?.value);
  if (name === 'parameters' || (name === 'item' && found.hasItem)) return;
  if (name === 'job') {
    const asked = second?.type === 'name' ? String(second.value) : undefined;
    if (asked !== 'cancelled') found.problems.push('of its job a condition sees job.cancelled alone');
    return;
  }
  if (name !== 'results') {
    found.problems.push(unseen(name, found.hasItem));
    return;
  }
  if (second?.type !== 'name' || first?.stages || first?.predicate) {
    found.isOpen = true;
    return;
  }
  const field = third?.type === 'name' ? { field: String(third.value) } : {};
  found.nodes.push({ id: String(second.value), ...field });
}

function unseen(name: string, hasItem: boolean): string {
  const seen = `results.<node>, parameters.<name>${hasItem ? ', item' : ''} and job.cancelled`;
  const isMatrix = name === 'matrix';
  const mend = isMatrix ? '; a command has each value of its matrix in REPRISE_MATRIX_<NAME>' : '';
  return `${nameText(name)} is nothing that a condition sees: it sees ${seen}${mend}`;
}

/** `results.build-web`: JSONata subtracts. Blanks around the hyphen say that this is meant. */
function hyphenProblem(text: string, { type, value, position, lhs }: Tree): string | undefined {
  if (type !== 'binary' || value !== '-' || position === undefined || !lhs || !endsWithName(lhs))
    return undefined;
  const [before, after] = [text.slice(0, position - 1), text.slice(position)];
  const head = /[\w-]+$/.exec(before)?.[0];
  const tail = /^[\w-]+/.exec(after)?.[0];
  if (head === undefined || tail === undefined) return undefined;
  const name = `${head}-${tail}`;
  const path = /(?:(?:[\w$]+|`[^`]*`)\.)*$/.exec(before.slice(0, -head.length))?.[0] ?? '';
  return `${path}${name} is a subtraction: write ${path}\`${name}\` for a name with a hyphen, or blanks around the hyphen`;
}

function endsWithName(tree: Tree): boolean {
  if (tree.type === 'binary') return tree.value === '-' && tree.rhs !== undefined && endsWithName(tree.rhs);
  return tree.type === 'name' || (tree.type === 'path' && tree.steps?.at(-1)?.type === 'name');
}

/** `results['build-web']`: a filter by something that is always true. */
function filterProblem({ type, value, stages = [], predicate = [] }: Tree): string | undefined {
  const literal = [...stages, ...predicate].find(({ expr }) => expr?.type === 'string')?.expr?.value;
  if (literal === undefined) return undefined;
  const before = type === 'name' ? `${nameText(String(value))}` : '...';
  return `['${String(literal)}'] is a filter and no name: write ${before}.${nameText(String(literal))}`;
}

/** A status that no node has is equal to none. */
function statusProblem({ type, value, lhs, rhs }: Tree): string | undefined {
  if (type !== 'binary' || (value !== '=' && value !== '!=') || !lhs || !rhs) return undefined;
  const [path, literal] = lhs.type === 'path' ? [lhs, rhs] : [rhs, lhs];
  const names = path.type === 'path' ? (path.steps ?? []) : [];
  if (literal.type !== 'string' || names[0]?.value !== 'results' || names.length !== 3) return undefined;
  if (names[2]?.value !== 'status' || (OUTCOMES as readonly unknown[]).includes(literal.value))
    return undefined;
  return `no node has the status '${String(literal.value)}': it is one of ${OUTCOMES.join(', ')}`;
}
