import { conditionTree, isTextCondition } from './condition';
import type { Tell } from './env';
import type { Expression } from './expression';
import type { JobRules } from './job-rules';
import type { WorkflowJob } from './schema';
import { type Test, testText } from './test-code';
import { type Told, toldText } from './told';

interface Surroundings {
  readonly rules: JobRules;
  readonly told: (path: readonly string[]) => Told | undefined;
  /** Whether the job has nodes. */
  readonly isNode: boolean;
}

/** Tells what of a job's `if` is decided otherwise than on GitHub, or not at all. */
export function tellCondition(
  key: string,
  { if: given }: WorkflowJob,
  { rules, told, isNode }: Surroundings,
  tell: Tell,
): void {
  if (given === undefined || given === null) return;
  const at = ['jobs', key, 'if'];
  const text = String(given).trim().replace(/\s+/g, ' ');
  const tree = conditionTree(given);
  if (!tree) {
    tell('left-out', at, `the condition is not an expression that is known here: ${text}`);
    return;
  }
  if (isTextCondition(given)) {
    tell(
      'info',
      at,
      `text beside \${{ }} makes a text, which is true whatever the expression gives: ${text}`,
    );
  }
  if (!isNode) {
    const { test, unknown } = rules.countsWhere(key);
    if (unknown > 0) {
      const message = `the jobs behind this one run whether or not this holds, as part of it is only known on GitHub (or tell it with --set): ${text}`;
      tell('left-out', at, message);
    }
    tellParameters(tree, test, told, (kind, message) => tell(kind, at, message));
    return;
  }
  const { trigger, when, unknown, isTooLong, outlives } = rules.ruleOf(key);
  const rule = trigger === 'all_success' ? '' : `, with \`trigger: ${trigger}\` from it`;
  if (unknown > 0 || isTooLong) {
    const why = isTooLong
      ? 'it comes to more than a condition may hold'
      : 'part of it is only known on GitHub';
    tell(
      'left-out',
      at,
      `the job runs whether or not this holds, as ${why} (or tell it with --set)${rule}: ${text}`,
    );
  }
  if (outlives) {
    const message = `where it runs already when its job is cancelled it goes on, and is not asked again whether this holds: ${text}`;
    tell('changed', at, message);
  }
  if (when === false) tell('info', at, `the job never runs: ${text}`);
  tellParameters(tree, when, told, (kind, message) => tell(kind, at, message));
}

function tellParameters(
  tree: Expression,
  test: Test,
  told: Surroundings['told'],
  tell: (kind: 'changed' | 'info', message: string) => void,
): void {
  const code = testText(test);
  for (const path of contextsIn(tree)) {
    const found = told(path);
    if (!found || !code.includes(`parameters.${found.parameter}`)) continue;
    tell(found.default === undefined ? 'changed' : 'info', toldText(path, found));
  }
}

/** Contexts that an expression names, each once. */
function contextsIn(tree: Expression): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  const open: Expression[] = [tree];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.kind === 'context') found.set(next.path.join('.').toLowerCase(), next.path);
    else if (next.kind === 'not') open.push(next.of);
    else if (next.kind === 'call') open.push(...next.args);
    else if (next.kind === 'index') open.push(next.of, ...(next.by === '*' ? [] : [next.by]));
    else if (next.kind !== 'literal') open.push(next.right, next.left);
  }
  return [...found.values()];
}
