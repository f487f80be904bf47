import type { Reports } from '../model/test-results';

/** `{{ name }}`: anything else between braces, such as Go's `{{.Name}}`, belongs to the command. */
const VARIABLE = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)\s*\}\}/g;
const HERE = new RegExp(VARIABLE.source, 'y');

/** Variables that `shards` gives to a node's text. They are numbers of ours, and stand in it as they are. */
export const SHARD_VARIABLES = ['index', 'index1', 'total'] as const;

export function templateVariables(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map((match) => match[1]!);
}

/** The placeholder that begins at a position, and where it ends. */
export function placeholderAt(text: string, at: number): { name: string; to: number } | undefined {
  if (text[at] !== '{') return undefined;
  HERE.lastIndex = at;
  const name = HERE.exec(text)?.[1];
  return name === undefined ? undefined : { name, to: HERE.lastIndex };
}

/**
 * What begins with a word of ours and is a path: placeholders, and expressions that people take for such. GitHub's have a
 * dollar sign before them, Go's begin with a dot or a hyphen, and a pipe is a filter of Jinja: those belong to the command.
 */
const OURS = /(?<!\$)\{\{\s*((results|parameters|matrix|item)(?:[.[][^{}|]*?)?)\s*\}\}/g;

/** What stands in double braces and begins with a word of ours. */
export function likeOurs(text: string): { readonly name: string; readonly word: string }[] {
  return [...text.matchAll(OURS)].map(([, name = '', word = '']) => ({ name, word }));
}

/** Puts the values in. Variables without a value stay as they are: the caller has refused them already. */
export function fillTemplate(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(VARIABLE, (whole, name: string) => values.get(name) ?? whole);
}

/** The one variable in the paths of reports: the id of the node, so that nodes made of one write files of their own. */
export const REPORT_VARIABLE = 'node';

export function reportsNamed(reports: Reports, nodeId: string): Reports {
  const values = new Map([[REPORT_VARIABLE, nodeId]]);
  return reports.map((report) => ({ ...report, path: fillTemplate(report.path, values) }));
}

/** What each of several nodes made of one knows of its place among them. */
export function shardVariables(index: number, total: number): ReadonlyMap<string, string> {
  return new Map([
    ['index', String(index)],
    ['index1', String(index + 1)],
    ['total', String(total)],
  ]);
}
