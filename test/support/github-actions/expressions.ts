import type * as Library from '@actions/expressions';

/** GitHub's own implementation of the language, which knows nothing of this project. */
let library: Promise<typeof Library> | undefined;

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** Whether the run is well before a job, something failed, or it was cancelled. */
export interface RunState {
  readonly success: boolean;
  readonly failure: boolean;
  readonly cancelled: boolean;
}

const CONTEXTS = ['needs', 'github', 'vars', 'inputs', 'matrix', 'steps', 'env', 'job'];
const STATUS = ['always', 'success', 'failure', 'cancelled'] as const;

/**
 * The value of an expression as GitHub's library evaluates it, as JSON, `'NaN'` and the infinities as text.
 * @throws Error where the library refuses it
 */
export async function githubValue(
  text: string,
  contexts: Readonly<Record<string, Value>>,
  state: RunState = { success: true, failure: false, cancelled: false },
): Promise<unknown> {
  library ??= import('@actions/expressions');
  const { data, Evaluator, Lexer, Parser } = await library;
  const dataOf = (value: Value) =>
    JSON.parse(JSON.stringify(value), data.reviver) as Library.data.ExpressionData;
  const functions = STATUS.map((name) => ({
    ...{ name, minArgs: 0, maxArgs: 0 },
    call: () => new data.BooleanData(name === 'always' || state[name]),
  }));
  const { tokens } = new Lexer(text).lex();
  const tree = new Parser(tokens, CONTEXTS, functions).parse();
  const context = new data.Dictionary(
    ...CONTEXTS.map((key) => ({ key, value: dataOf(contexts[key] ?? {}) })),
  );
  const value = new Evaluator(tree, context, new Map(functions.map((each) => [each.name, each]))).evaluate();
  return plain(value);
}

function plain(value: Library.data.ExpressionData): unknown {
  if ('pairs' in value)
    return Object.fromEntries(value.pairs().map(({ key, value: of }) => [key, plain(of)]));
  if ('values' in value) return value.values().map(plain);
  if (!('value' in value)) return null;
  return typeof value.value === 'number' && !Number.isFinite(value.value) ? String(value.value) : value.value;
}

/** Whether a value counts as true, as the documentation of operators has it. */
export function countsAsTrue(value: unknown): boolean {
  return ![false, 0, -0, '', null, 'NaN'].includes(value as never);
}

/** Whether a condition names a status function: then `success()` is not implied. */
export function asksState(text: string): boolean {
  const withoutTexts = text.replace(/'(?:[^']|'')*'/g, "''");
  return /\b(always|success|failure|cancelled)\s*\(/i.test(withoutTexts);
}
