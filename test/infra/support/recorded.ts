import type { EnvironmentName } from '../../../lib/config/schema';
import { type Resource, synthesise } from './synth';

/** Where the descriptions are kept. */
export const RECORDED = 'test/fixtures/templates';

interface TemplateJson {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** A resource or an output: its stack, type and name. */
type Described = ReadonlyMap<string, readonly string[]>;

/** What is recorded of an environment: of prod every line, of the others what differs from prod. */
export function recordOf(name: EnvironmentName): string {
  const lines = name === 'prod' ? whole(describeTemplates(name)) : difference(name);
  return `${lines.join('\n')}\n`;
}

/**
 * The settings of each resource, and whether it outlives the stack. What differs between two builds of the same code (hashes
 * of assets, versions) is left out.
 */
function describeTemplates(name: EnvironmentName): Described {
  const entries = Object.entries(synthesise(name).templates).flatMap(([stack, template]) => {
    const { Resources, Outputs = {} } = template.toJSON() as TemplateJson;
    const resources = Object.entries(Resources).map(([id, resource]): [string, string[]] => [
      scrubbed(`${stack} ${resource.Type.replace('AWS::', '')} ${id}`, name),
      ofResource(resource).map((setting) => scrubbed(setting, name)),
    ]);
    const routes = Object.values(Resources).flatMap(({ Properties }) =>
      routesOf(stack, Properties?.['Body'], name),
    );
    const outputs = Object.keys(Outputs)
      .filter((id) => !id.startsWith('Export'))
      .map((id): [string, string[]] => [`${stack} Output ${id}`, []]);
    return [...resources, ...routes, ...outputs];
  });
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Definition {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** Routes of the definition of an API: whether they are open, and what serves them. */
function routesOf(stack: string, body: unknown, name: EnvironmentName): [string, string[]][] {
  return Object.entries((body as Definition | undefined)?.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, ...operation }]): [string, string[]] => {
      const serving = /"(\w+?)(?:Live|Function)\w*"/.exec(JSON.stringify(operation))?.[1] ?? '';
      const access = (security as unknown[]).length === 0 ? 'open' : 'authorized';
      return [scrubbed(`${stack} Route ${method.toUpperCase()} ${path}`, name), [access, `by=${serving}`]];
    }),
  );
}

function whole(described: Described): string[] {
  return [...described].map(([head, settings]) => [head, ...settings].join(' '));
}

/** `-` prod alone has it, `+` prod has it not, `~` with what it has instead of what. */
function difference(name: EnvironmentName): string[] {
  const [prod, own] = [describeTemplates('prod'), describeTemplates(name)];
  return [...new Set([...prod.keys(), ...own.keys()])].sort().flatMap((head) => {
    const [before, now] = [prod.get(head), own.get(head)];
    if (now === undefined) return [`- ${head}`];
    if (before === undefined) return [`+ ${[head, ...now].join(' ')}`];
    const gone = before.filter((setting) => !now.includes(setting)).map((setting) => `-${setting}`);
    const come = now.filter((setting) => !before.includes(setting)).map((setting) => `+${setting}`);
    return gone.length + come.length === 0 ? [] : [`~ ${[head, ...gone, ...come].join(' ')}`];
  });
}

function ofResource({ Properties = {}, DeletionPolicy, UpdateReplacePolicy }: Resource): string[] {
  const kept = DeletionPolicy ? [`keep=${DeletionPolicy}/${UpdateReplacePolicy}`] : [];
  return [...kept, ...Object.entries(Properties).flatMap(([key, value]) => settingsOf(key, value, 2))];
}

/** Numbers, truths and short texts; names and addresses are made by CloudFormation. */
function settingsOf(key: string, value: unknown, depth: number): string[] {
  if (typeof value === 'number' || typeof value === 'boolean') return [`${key}=${value}`];
  if (typeof value === 'string')
    return value.length <= 60 && !value.includes('\n') ? [`${key}=${value}`] : [];
  if (depth === 0 || value === null || Array.isArray(value)) return [];
  if (key === 'Code' || key === 'Variables' || key === 'Tags') return [];
  return Object.entries(value as object)
    .filter(([name]) => !/^(Ref|Fn::.*)$/.test(name))
    .flatMap(([name, inner]) => settingsOf(`${key}.${name}`, inner, depth - 1));
}

/** Hashes of content and of paths, and the name of the environment. */
function scrubbed(text: string, name: EnvironmentName): string {
  return text
    .replace(/\b([A-Za-z]+?)[0-9A-F]{8}([0-9a-f]{32})?\b/g, '$1')
    .replace(/[0-9a-f]{32,64}/g, '#')
    .replace(new RegExp(`\\b${name}\\b|(?<=^|reprise)${name}(?=engine|api|data)`, 'g'), 'NAME');
}
