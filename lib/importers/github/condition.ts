import { type Expression, parseExpression } from './expression';
import { pieces } from './interpolate';

/** The tree of an `if`, which may stand with or without `${{ }}`. */
export function conditionTree(given: string | number | boolean): Expression | undefined {
  if (typeof given !== 'string') return { kind: 'literal', value: given };
  const parts = pieces(given.trim());
  const [only] = parts;
  if (parts.length === 1) return only?.kind === 'expression' ? only.tree : parseExpression(only?.text ?? '');
  const trees = parts.flatMap((part) => (part.kind === 'expression' ? [part.tree] : []));
  if (trees.length === 0 || trees.includes(undefined)) return undefined;
  // Text beside an expression makes a text of both, which is true whatever the expression gives.
  const isText: Expression = { kind: 'literal', value: true };
  return (trees as Expression[]).reduceRight<Expression>(
    (right, left) => ({ kind: 'binary', op: '||', left, right }),
    isText,
  );
}

/** Whether an `if` holds text beside `${{ }}`, which makes it true whatever happens. */
export function isTextCondition(given: string | number | boolean): boolean {
  if (typeof given !== 'string') return false;
  const parts = pieces(given.trim());
  return parts.length > 1 && parts.some(({ kind }) => kind === 'expression');
}
