/** `{{ name }}`: anything else between braces, such as Go's `{{.Name}}`, belongs to the command. */
const VARIABLE = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)\s*\}\}/g;

/** Variables that `shards` gives to a node's text. */
export const SHARD_VARIABLES = ['index', 'index1', 'total'] as const;

export function templateVariables(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map((match) => match[1]!);
}

/** Puts the values in. Variables without a value stay as they are: the caller has refused them already. */
export function fillTemplate(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(VARIABLE, (whole, name: string) => values.get(name) ?? whole);
}
