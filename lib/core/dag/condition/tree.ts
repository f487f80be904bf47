/**
 * A node of JSONata's tree, as far as it is looked at here. `position` is where its token ends in the text.
 * @see https://docs.jsonata.org/embedding-extending
 */
export interface Tree {
  type?: string;
  value?: unknown;
  position?: number;
  lhs?: Tree;
  rhs?: Tree;
  steps?: Tree[];
  arguments?: Tree[];
  procedure?: Tree;
  condition?: Tree;
  then?: Tree;
  else?: Tree;
  expressions?: Tree[];
  expr?: Tree;
  stages?: Tree[];
  predicate?: Tree[];
  group?: Tree;
}

/** The trees right below one, in whatever key they stand. */
export function below(tree: object): Tree[] {
  return Object.values(tree).flatMap((value: unknown) => {
    if (typeof value !== 'object' || value === null) return [];
    return Array.isArray(value) ? value.flatMap((each) => (isTree(each) ? [each] : [])) : [value as Tree];
  });
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

/** Every node of a tree once, the top first. */
export function* nodesOf(top: Tree): Generator<Tree> {
  const seen = new Set<Tree>();
  const open = [top];
  for (let tree = open.pop(); tree !== undefined; tree = open.pop()) {
    if (seen.has(tree)) continue;
    seen.add(tree);
    yield tree;
    open.push(...below(tree));
  }
}

/** A part of a condition as people write it, for messages; undefined for what is more than a path. */
export function pathText({ type, value, steps }: Tree): string | undefined {
  if (type === 'variable') return `$${String(value)}`;
  if (type === 'name') return nameText(String(value));
  if (type !== 'path') return undefined;
  const parts = (steps ?? []).map((step) => {
    const isWhole = step.stages === undefined && step.predicate === undefined;
    const text = step.type === 'wildcard' ? '*' : pathText(step);
    return text === undefined ? undefined : `${text}${isWhole ? '' : '[...]'}`;
  });
  return parts.includes(undefined) ? undefined : parts.join('.');
}

/** A name as a condition spells it: in backquotes unless it is a plain one. */
export function nameText(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !['and', 'or', 'in'].includes(name) ? name : `\`${name}\``;
}
