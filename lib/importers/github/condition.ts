import type { TriggerRule } from '../../core/dag/graph';
import { evaluate, isTruthy, type Known, type Scope, STATUS_FUNCTIONS } from './evaluate';
import { type Expression, parseExpression } from './expression';
import { pieces } from './interpolate';

/** What becomes of a job's `if`. */
export interface JobCondition {
  readonly trigger: TriggerRule;
  readonly when?: string;
  /** Part of it could not be decided, so the job runs more often than it would have. */
  readonly isPartial: boolean;
}

/** Results of jobs by the names that the graph gives them. */
const STATUS_OF: Readonly<Record<string, string>> = {
  success: 'succeeded',
  failure: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
};

/** The tree of an `if`, which may stand with or without `${{ }}`. */
export function conditionTree(given: string | number | boolean): Expression | undefined {
  if (typeof given !== 'string') return { kind: 'literal', value: given };
  const parts = pieces(given.trim());
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'expression') return only.tree;
  // Expressions beside text give a text, which is true; nobody means that, so the text counts as operators.
  return parseExpression(
    parts.map((part) => (part.kind === 'text' ? part.text : `(${part.source})`)).join(''),
  );
}

/** How a run went so far: all well, something failed, or somebody cancelled it. */
type Run = 'success' | 'failure' | 'cancelled';

/** Whether an expression holds where everything before went well (`success`), or something failed (`failure`). */
function holds(tree: Expression, scope: Scope, run: Run): boolean | undefined {
  const status = (name: string): Known => ({ value: name === 'always' || name === run });
  const isWell = run === 'success';
  const context = (path: readonly string[]): Known => {
    if (path[0]?.toLowerCase() !== 'needs' || path[2]?.toLowerCase() !== 'result' || path.length !== 3) {
      return scope.context(path);
    }
    if (path[1] === '*') return { value: isWell ? ['success'] : [run, 'success'] };
    return isWell ? { value: 'success' } : undefined;
  };
  const known = evaluate(asksStatus(tree) ? tree : andSuccess(tree), { context, status });
  return known && isTruthy(known.value);
}

/** Without a status function, a condition holds only where `success()` does. */
function andSuccess(tree: Expression): Expression {
  return { kind: 'binary', op: '&&', left: { kind: 'call', name: 'success', args: [] }, right: tree };
}

function asksStatus(tree: Expression): boolean {
  if (tree.kind === 'call') return STATUS_FUNCTIONS.includes(tree.name) || tree.args.some(asksStatus);
  if (tree.kind === 'binary') return asksStatus(tree.left) || asksStatus(tree.right);
  return tree.kind === 'not' && asksStatus(tree.of);
}

/**
 * The trigger rule and the condition that a job's `if` comes to. What cannot be decided counts as true.
 * @param nodeOfJob the node of a job that is exactly one node, and a dependency
 */
export function jobCondition(
  tree: Expression,
  scope: Scope,
  nodeOfJob: (job: string) => string | undefined,
): JobCondition {
  const onSuccess = holds(tree, scope, 'success');
  const onFailure = holds(tree, scope, 'failure');
  const undecided = conjuncts(tree).filter(
    (part) =>
      onlyValue(part, scope, 'success') === undefined || onlyValue(part, scope, 'failure') === undefined,
  );
  const translated = undecided.map((part) => toJsonata(part, nodeOfJob));
  const when = translated.filter((part) => part !== undefined).join(' and ');
  const condition = when === '' ? {} : { when };
  const isPartial = translated.includes(undefined);
  if (onSuccess === false && onFailure === false) {
    return { trigger: 'all_done', when: 'false', isPartial: false };
  }
  if (onSuccess === false) return { trigger: 'one_failed', ...condition, isPartial };
  const whatever = holds(tree, scope, 'cancelled') === false ? 'all_done' : 'always';
  return { trigger: onFailure === false ? 'all_success' : whatever, ...condition, isPartial };
}

/** The value of a part by itself, where no `success()` is implied. */
function onlyValue(part: Expression, scope: Scope, run: 'success' | 'failure'): boolean | undefined {
  const always: Expression = { kind: 'call', name: 'always', args: [] };
  return holds({ kind: 'binary', op: '&&', left: always, right: part }, scope, run);
}

function conjuncts(tree: Expression): Expression[] {
  return tree.kind === 'binary' && tree.op === '&&'
    ? [...conjuncts(tree.left), ...conjuncts(tree.right)]
    : [tree];
}

/** A condition on the results of single jobs, in JSONata; undefined when it asks for more than that. */
function toJsonata(tree: Expression, nodeOfJob: (job: string) => string | undefined): string | undefined {
  if (tree.kind === 'not') {
    const of = toJsonata(tree.of, nodeOfJob);
    return of && `$not(${of})`;
  }
  if (tree.kind !== 'binary') return undefined;
  const { op, left, right } = tree;
  if (op === '&&' || op === '||') {
    const [a, b] = [toJsonata(left, nodeOfJob), toJsonata(right, nodeOfJob)];
    return a && b && `(${a} ${op === '&&' ? 'and' : 'or'} ${b})`;
  }
  if (op !== '==' && op !== '!=') return undefined;
  const [context, literal] = left.kind === 'context' ? [left, right] : [right, left];
  if (context.kind !== 'context' || literal.kind !== 'literal' || context.path.length !== 3) return undefined;
  const [root, job, what] = context.path;
  const node = root === 'needs' && what === 'result' ? nodeOfJob(job!) : undefined;
  const status = Object.hasOwn(STATUS_OF, String(literal.value))
    ? STATUS_OF[String(literal.value)]
    : undefined;
  if (node === undefined || status === undefined) return undefined;
  return `results.\`${node}\`.status ${op === '==' ? '=' : '!='} "${status}"`;
}
