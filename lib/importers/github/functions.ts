import { compare, isTruthy, textOf } from './values';

/** The functions of the language whose answer depends on their arguments alone, by name in lower case. */
export const FUNCTIONS: ReadonlyMap<string, (...args: readonly unknown[]) => unknown> = new Map([
  ['contains', contains],
  ['startswith', startsWith],
  ['endswith', endsWith],
  ['format', format],
  ['join', join],
  ['tojson', (value: unknown) => JSON.stringify(value ?? null, null, 2)],
  ['fromjson', (text: unknown) => JSON.parse(textOf(text)) as unknown],
  ['case', choose],
]);

function contains(where: unknown, what: unknown): boolean {
  if (Array.isArray(where)) return where.some((item) => compare('==', item, what));
  return isText(where) && isText(what) && lower(where).includes(lower(what));
}

function startsWith(text: unknown, start: unknown): boolean {
  return isText(text) && isText(start) && lower(text).startsWith(lower(start));
}

function endsWith(text: unknown, end: unknown): boolean {
  return isText(text) && isText(end) && lower(text).endsWith(lower(end));
}

function isText(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function lower(value: unknown): string {
  return textOf(value).toLowerCase();
}

function join(list: unknown, separator: unknown = ','): string {
  if (Array.isArray(list)) return list.map(textOf).join(isText(separator) ? textOf(separator) : ',');
  return isText(list) ? textOf(list) : '';
}

/** @throws Error for a text that GitHub refuses too */
function format(text: unknown, ...args: readonly unknown[]): string {
  return formatParts(textOf(text))
    .map((part) => {
      if (typeof part === 'string') return part;
      if (part >= args.length) throw new Error(`there is no argument ${part}`);
      return textOf(args[part]);
    })
    .join('');
}

/** A text of `format` as texts and numbers of arguments. @throws Error where braces are unmatched */
export function formatParts(text: string): (string | number)[] {
  return text.split(/(\{\{|\}\}|\{\d+[^{}]*\})/).map((part, i) => {
    if (i % 2 === 1) return part === '{{' || part === '}}' ? part[0]! : Number.parseInt(part.slice(1), 10);
    if (/[{}]/.test(part)) throw new Error('a brace stands alone');
    return part;
  });
}

/** @throws Error where what decides is not true or false, as on GitHub */
function choose(...args: readonly unknown[]): unknown {
  for (let i = 0; i + 1 < args.length; i += 2) {
    if (typeof args[i] !== 'boolean') throw new Error('a predicate must be true or false');
    if (isTruthy(args[i])) return args[i + 1];
  }
  return args.at(-1);
}
