import type { Expression } from './expression';

/** A value that is known before anything runs; undefined where it is not. */
export type Known = { readonly value: unknown } | undefined;

/** What is known: of contexts by their path, and of functions that ask for the state of the run. */
export interface Scope {
  readonly context: (path: readonly string[]) => Known;
  readonly status?: (name: string) => Known;
  /** The variable that holds a value where the command runs, given by the graph itself. */
  readonly variable?: (path: readonly string[]) => string | undefined;
}

/** The functions that ask how the run went so far. */
export const STATUS_FUNCTIONS: readonly string[] = ['always', 'success', 'failure', 'cancelled'];

/** The value of an expression as far as it follows from what is known. */
export function evaluate(expression: Expression, scope: Scope): Known {
  switch (expression.kind) {
    case 'literal':
      return { value: expression.value };
    case 'context':
      return scope.context(expression.path);
    case 'not': {
      const known = evaluate(expression.of, scope);
      return known && { value: !isTruthy(known.value) };
    }
    case 'binary':
      return binary(expression, scope);
    case 'call':
      return call(expression, scope);
    case 'opaque':
      return undefined;
  }
}

export function isTruthy(value: unknown): boolean {
  return !(value === false || value === 0 || value === '' || value === null || Number.isNaN(value));
}

/** A value as it stands in a text. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

type Binary = Extract<Expression, { kind: 'binary' }>;

function binary({ op, left, right }: Binary, scope: Scope): Known {
  const a = evaluate(left, scope);
  const b = evaluate(right, scope);
  if (op === '&&' || op === '||') {
    const stops = op === '||';
    if (a) return isTruthy(a.value) === stops ? a : b;
    // Either side alone can decide; which value it would be does not matter then.
    return b && isTruthy(b.value) === stops ? b : undefined;
  }
  if (!a || !b) return undefined;
  return { value: compare(op, a.value, b.value) };
}

/** Texts compare without regard to case, values of different types as numbers. */
function compare(op: string, a: unknown, b: unknown): boolean {
  const same = typeof a === typeof b && a !== null && b !== null;
  const x = same && typeof a === 'string' ? a.toLowerCase() : same ? (a as number) : toNumber(a);
  const y = same && typeof b === 'string' ? b.toLowerCase() : same ? (b as number) : toNumber(b);
  switch (op) {
    case '==':
      return x === y;
    case '!=':
      return x !== y;
    case '<':
      return x < y;
    case '<=':
      return x <= y;
    case '>':
      return x > y;
    default:
      return x >= y;
  }
}

function toNumber(value: unknown): number {
  if (value === null) return 0;
  return typeof value === 'object' ? Number.NaN : Number(value);
}

type Call = Extract<Expression, { kind: 'call' }>;

function call({ name, args }: Call, scope: Scope): Known {
  if (STATUS_FUNCTIONS.includes(name)) return scope.status?.(name);
  const values = args.map((arg) => evaluate(arg, scope));
  if (values.some((known) => known === undefined)) return undefined;
  const [first, second, ...rest] = values.map((known) => known?.value);
  const lower = (value: unknown) => textOf(value).toLowerCase();
  switch (name) {
    case 'contains':
      return Array.isArray(first)
        ? { value: first.some((item) => compare('==', item, second)) }
        : { value: lower(first).includes(lower(second)) };
    case 'startswith':
      return { value: lower(first).startsWith(lower(second)) };
    case 'endswith':
      return { value: lower(first).endsWith(lower(second)) };
    case 'join':
      return { value: Array.isArray(first) ? first.map(textOf).join(textOf(second ?? ',')) : textOf(first) };
    case 'format':
      return { value: format(textOf(first), args.length > 1 ? [second, ...rest] : []) };
    case 'tojson':
      return { value: JSON.stringify(first, null, 2) };
    case 'fromjson':
      return fromJson(textOf(first));
    default:
      return undefined;
  }
}

function format(text: string, args: readonly unknown[]): string {
  return text.replace(/\{\{|\}\}|\{(\d+)\}/g, (whole, index?: string) =>
    index === undefined ? whole[0]! : textOf(args[Number(index)]),
  );
}

function fromJson(text: string): Known {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
